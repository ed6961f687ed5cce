using System.Globalization;
using Berth.Cli.Access;
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
        var table = new TextTable("member", "address", "status", "seen", "reach", "version", "level", "shards", "pools", "claims", "lease left");
        foreach (var member in cluster.Members)
        {
            table.Add(
                member.Name,
                member.Address,
                member.Status,
                member.Seen ?? "-",
                Answer(member),
                member.Version ?? "-",
                member.FeatureLevel == 0 ? "-" : ClusterTexts.Text(member.FeatureLevel),
                ClusterTexts.Text(member.Shards),
                member.Pools is { } pools ? ClusterTexts.Text(pools) : "-",
                member.Claims is { } claims ? ClusterTexts.Text(claims) : "-",
                member.LeaseLeftMs is { } left ? string.Create(CultureInfo.InvariantCulture, $"{left / 1000.0:0.0} of {member.LeaseMs / 1000.0:0.###} s") : "-");
        }

        table.Write(call.Shell, call.Plain);
        var shards = cluster.Shards;
        call.Shell.Out.WriteLine(shards.Orphans == 0 ? $"all {shards.All} shards are served" : $"{shards.Orphans} of {shards.All} shards wait for an owner");
    }

    private static string Answer(MemberEntry member) => member switch
    {
        { Seen: MemberSights.Self } => "self",
        { Reachable: true, AnswerMs: { } took } => string.Create(CultureInfo.InvariantCulture, $"{took:0.0} ms"),
        { Reachable: false } => "unreachable",
        _ => "-",
    };
}
