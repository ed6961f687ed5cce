using Berth.Cli.Access;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>Marks all members down that the one that is asked cannot reach.</summary>
internal static class ClusterDownUnreachableVerb
{
    public static readonly Verb Definition = new(
        "cluster down-unreachable", "", "Mark all members down that are silent or do not answer", [ClusterDownVerb.Force, Consent.Yes], RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        call.TakeNoWords();
        await using var reach = await Reach.ForWritingAsync(call);
        var cluster = reach.Administration.Cluster;
        var state = await cluster.ShowAsync(call.Shell.Stop).OrFailAsync();
        var lost = state.Members.Where(IsLost).ToList();
        if (lost.Count == 0)
        {
            return Done(call, [], "every member that is up renews its lease and answers: there is nothing to do");
        }

        var lines = lost.Select(member =>
            $"\n  {member.Name} at {member.Address}, {(member.Seen == MemberSights.Silent ? "silent" : "does not answer")}: {ClusterTexts.Heritage(state, member)}");
        await Consent.AskAsync(call, $"{ClusterTexts.Count(lost.Count, "member")} marked down for good, in this life:{string.Concat(lines)}");

        // Each is watched for its lease, all at the same time.
        var request = new DownMemberRequest(call.Settings.Switch(ClusterDownVerb.Force) == true);
        var answers = await Task.WhenAll(lost.Select(member => cluster.DownAsync(member.Name, request, call.Shell.Stop).AsTask()));
        Done(call, [.. answers.Where(answer => answer.IsGood).Select(answer => answer.Value!)], null);
        var problems = answers.Where(answer => !answer.IsGood).Select(answer => answer.Problem!).ToList();
        return problems.Count == 0 ? ExitCode.Done : throw new CommandFailedException(
            string.Join("\n", problems.Select(problem => problem.Detail)), Answers.Failure(problems[0]).Code);
    }

    private static bool IsLost(MemberEntry member) =>
        member.State == MemberStates.Up && member.Seen != MemberSights.Self && (member.Seen == MemberSights.Silent || member.Reachable == false);

    private static ExitCode Done(Call call, IReadOnlyList<DownedMember> down, string? otherwise)
    {
        if (call.Json)
        {
            CliJson.Write(call.Shell, down, CliJson.Readable.IReadOnlyListDownedMember);
            return ExitCode.Done;
        }

        foreach (var one in down)
        {
            ClusterDownVerb.Say(call, one);
        }

        if (otherwise is not null)
        {
            call.Shell.Out.WriteLine(otherwise);
        }

        return ExitCode.Done;
    }
}
