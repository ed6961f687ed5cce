using Berth.Cli.Access;
using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>Lists the shards and their owners.</summary>
internal static class ShardsLsVerb
{
    private static readonly Flag _member = new("member", FlagKind.Text, "only the shards of this member");

    public static readonly Verb Definition = new(
        "shards ls", "", "List the shards: who owns each, and the pools and claims in it", [_member, ClusterFlags.Name], RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        call.TakeNoWords();
        await using var reach = await Reach.ForReadingAsync(call);
        var listing = await reach.Administration.Cluster.ShardsAsync(call.Shell.Stop).OrFailAsync();
        var member = call.Settings.Text(_member);
        var shown = listing with { Shards = [.. listing.Shards.Where(shard => member is null || shard.Owner == member)] };
        if (call.Json)
        {
            CliJson.Write(call.Shell, shown, CliJson.Readable.ShardListing);
            return ExitCode.Done;
        }

        var table = new TextTable("shard", "owner", "epoch", "served", "pools", "claims", "kept for");
        foreach (var shard in shown.Shards)
        {
            table.Add(
                ClusterTexts.Text(shard.Shard),
                shard.Owner ?? "-",
                ClusterTexts.Text(shard.Epoch),
                shard.Served ? "yes" : "no",
                shard.Pools is { } pools ? ClusterTexts.Text(pools) : "-",
                shard.Claims is { } claims ? ClusterTexts.Text(claims) : "-",
                shard.KeptMs is { } kept ? GoDuration.Format(TimeSpan.FromSeconds(Math.Ceiling(kept / 1000.0))) : "-");
        }

        table.Write(call.Shell, call.Plain);
        if (!listing.FromStore)
        {
            call.Shell.Error.WriteLine("the store does not answer: this is what the member last saw");
        }

        return ExitCode.Done;
    }
}
