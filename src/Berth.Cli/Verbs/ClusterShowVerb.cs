using System.Globalization;
using Berth.Cli.Access;
using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>Shows the members and how the shards are dealt.</summary>
internal static class ClusterShowVerb
{
    public static readonly Verb Definition = new("cluster show", "", "Show the members of a cluster and how its shards are dealt", [ClusterFlags.Name], RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        call.TakeNoWords();
        await using var reach = await Reach.ForReadingAsync(call);
        var cluster = await reach.Administration.Cluster.ShowAsync(call.Shell.Stop).OrFailAsync();
        if (call.Json)
        {
            CliJson.Write(call.Shell, cluster, CliJson.Readable.ClusterState);
        }
        else
        {
            Show(call, cluster);
        }

        return ExitCode.Done;
    }

    private static void Show(Call call, ClusterState cluster)
    {
        var asked = cluster.Self is { } self ? $"as {self} sees it" : "as the store says; no member was asked";
        call.Shell.Out.WriteLine($"cluster {cluster.Name}, {asked}{(cluster.FromStore ? string.Empty : ": the store does not answer, this is what was last seen")}");
        var table = new TextTable("member", "address", "state", "seen", "shards", "lease", "renewals", "incarnation", "crashes");
        foreach (var member in cluster.Members)
        {
            table.Add(
                member.Name,
                member.Address,
                member.State,
                member.Seen ?? "-",
                Text(member.Shards),
                GoDuration.Format(TimeSpan.FromMilliseconds(member.LeaseMs)),
                Text(member.Counter),
                Text(member.Incarnation),
                Text(member.Crashes));
        }

        table.Write(call.Shell, call.Plain);
        var shards = cluster.Shards;
        call.Shell.Out.WriteLine(shards.Orphans == 0 ? $"all {shards.All} shards are served" : $"{shards.Orphans} of {shards.All} shards wait for an owner");
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
