using Berth.Cli.Access;
using Berth.Cli.Flags;
using Berth.Cli.Output;

namespace Berth.Cli.Verbs;

/// <summary>Says how one more member is started, once it is sure that it could join.</summary>
internal static class ClusterJoinVerb
{
    public static readonly Verb Definition = new(
        "cluster join", "[NAME]", "Check that one more member could join, and print the command that starts it", [], RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        var name = call.Words switch
        {
            [] => null,
            [var only] => only,
            _ => throw CommandFailedException.Usage("name one member, or none for a free name"),
        };
        await using var reach = await Reach.ForReadingAsync(call);
        var plan = await reach.Administration.Cluster.PlanJoinAsync(name, call.Shell.Stop).OrFailAsync();
        if (plan.Refusal is { } refusal)
        {
            throw new CommandFailedException($"{plan.Member} would be refused: {refusal}", ExitCode.Conflict);
        }

        var server = await reach.Administration.DescribeServerAsync(call.Shell.Stop).OrFailAsync();
        string[] command =
        [
            "berth", "serve",
            "--store", server.Store,
            "--store-password-file", "FILE",
            "--cluster-name", plan.Cluster,
            "--member-name", plan.Member,
            "--cluster-secret-file", "FILE",
            "--advertise", "HOST",
            "--lease", GoDuration.Format(TimeSpan.FromMilliseconds(plan.LeaseMs)),
        ];
        if (call.Json)
        {
            CliJson.Write(call.Shell, new JoinCommand(plan, command), CliJson.Readable.JoinCommand);
            return ExitCode.Done;
        }

        call.Shell.Say($"{plan.Member} could join cluster {plan.Cluster}: {ClusterTexts.Count(plan.Members, "member")} up, feature level {plan.FeatureLevel}");
        call.Shell.Out.WriteLine("on the new machine, with the files of the store's password and of the cluster's secret that the other members have:");
        call.Shell.Out.WriteLine("  " + string.Join(' ', command.Select(Quoted)));
        return ExitCode.Done;
    }

    /// <summary>As a shell takes it.</summary>
    private static string Quoted(string word) =>
        word.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_./:@=,%+".Contains(letter, StringComparison.Ordinal))
            ? word
            : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
