using Berth.Cli.Access;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>Says in a word how a cluster is, and exits with 0 only where all is as it should be.</summary>
internal static class ClusterStatusVerb
{
    public static readonly Verb Definition = new(
        "cluster status",
        "",
        "Say whether a cluster is whole: exit code 0, 1 when it is degraded, 5 when it gives no seats",
        [ClusterFlags.Name],
        RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        call.TakeNoWords();
        await using var reach = await Reach.ForReadingAsync(call);
        var verdict = ClusterVerdict.Of(await reach.Administration.Cluster.ShowAsync(call.Shell.Stop).OrFailAsync());
        if (call.Json)
        {
            CliJson.Write(call.Shell, verdict, CliJson.Readable.ClusterVerdict);
        }
        else
        {
            var counts = $"{ClusterTexts.Count(verdict.Members, "member")} up, {verdict.Shards.Served} of {verdict.Shards.All} shards served";
            call.Shell.Out.WriteLine($"cluster {verdict.Cluster} is {verdict.Verdict}: {counts}");
            foreach (var reason in verdict.Reasons)
            {
                call.Shell.Out.WriteLine($"- {reason}");
            }
        }

        return verdict.Verdict switch
        {
            ClusterVerdict.Whole => ExitCode.Done,
            ClusterVerdict.Degraded => ExitCode.Failed,
            _ => ExitCode.Unreachable,
        };
    }
}
