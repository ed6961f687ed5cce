using Berth.Cli.Access;
using Berth.Cli.Output;

namespace Berth.Cli.Verbs;

/// <summary>Lets the member that is asked hand on its shards and end.</summary>
internal static class ClusterLeaveVerb
{
    public static readonly Verb Definition =
        new("cluster leave", "", "Let the member that is asked hand on its shards and end, as after SIGTERM", [], RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        call.TakeNoWords();
        await using var reach = await Reach.ForWritingAsync(call);
        var leaving = await reach.Administration.Cluster.LeaveAsync(call.Shell.Stop).OrFailAsync();
        if (call.Json)
        {
            CliJson.Write(call.Shell, leaving, CliJson.Readable.LeavingMember);
        }
        else
        {
            call.Shell.Say($"{leaving.Name} hands on its {leaving.Shards} shards and ends");
        }

        return ExitCode.Done;
    }
}
