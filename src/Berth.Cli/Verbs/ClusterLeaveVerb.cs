using Berth.Cli.Access;
using Berth.Cli.Output;

namespace Berth.Cli.Verbs;

/// <summary>Lets the member that is asked hand on its shards and end.</summary>
internal static class ClusterLeaveVerb
{
    public static readonly Verb Definition =
        new("cluster leave", "", "Let the member that is asked hand on its shards and end, as after SIGTERM", [Consent.Yes], RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        call.TakeNoWords();
        await using var reach = await Reach.ForWritingAsync(call);
        var cluster = reach.Administration.Cluster;
        if (call.Settings.Switch(Consent.Yes) != true)
        {
            var state = await cluster.ShowAsync(call.Shell.Stop).OrFailAsync();
            var self = state.Members.FirstOrDefault(member => member.Seen == Protocol.MemberSights.Self);
            await Consent.AskAsync(call, self is null
                ? "the member that answers ends"
                : $"{self.Name} at {self.Address} hands on what it has, and its process ends; {ClusterTexts.Heritage(state, self)}");
        }

        var leaving = await cluster.LeaveAsync(call.Shell.Stop).OrFailAsync();
        if (call.Json)
        {
            CliJson.Write(call.Shell, leaving, CliJson.Readable.LeavingMember);
        }
        else
        {
            call.Shell.Say($"{leaving.Name} hands on its {ClusterTexts.Count(leaving.Shards, "shard")} and ends");
        }

        return ExitCode.Done;
    }
}
