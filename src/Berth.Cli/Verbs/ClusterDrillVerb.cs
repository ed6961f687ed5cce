using System.Globalization;
using System.Text.Json;
using Berth.Cli.Access;
using Berth.Cli.Drill;
using Berth.Cli.Flags;
using Berth.Cli.Output;

namespace Berth.Cli.Verbs;

/// <summary>Practices the loss of a member: drains the busiest, measures, gives everything back.</summary>
internal static class ClusterDrillVerb
{
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan _usualHold = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _usualLimit = TimeSpan.FromMinutes(2);

    private static readonly Flag _member = new("member", FlagKind.Text, "the member to drain (the one with the most claims, then shards)");
    private static readonly Flag _hold = new("hold", FlagKind.Duration, "how long the others have its shards (5s)");
    private static readonly Flag _limit = new("limit", FlagKind.Duration, "draining and holding end after this time; what was moved is given back (2m)");
    private static readonly Flag _report = new("report", FlagKind.Text, "the file that the report is written to, as JSON");

    public static readonly Verb Definition = new(
        "cluster drill",
        "",
        "Drain the busiest member by planned moves, measure what nodes would notice, and give everything back",
        [_member, _hold, _limit, _report, Consent.Yes],
        RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        call.TakeNoWords();
        var (hold, limit) = (Span(call, _hold, _usualHold), Span(call, _limit, _usualLimit));
        var file = call.Settings.Text(_report) is { Length: > 0 } path ? Path.GetFullPath(path) : null;
        await using var reach = await Reach.ForWritingAsync(call);
        var cluster = await reach.Administration.Cluster.ShowAsync(call.Shell.Stop).OrFailAsync();
        var member = DrillRun.Choose(cluster, call.Settings.Text(_member));
        await Consent.AskAsync(
            call, $"{member.Name} is drained for about {GoDuration.Format(hold)} and gets everything back: {ClusterTexts.Heritage(cluster, member)} meanwhile");
        using var late = new CancellationTokenSource(limit, call.Shell.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, call.Shell.Stop);
        var run = new DrillRun(reach.Administration, call.Shell.Time, line => (call.Json ? call.Shell.Error : call.Shell.Out).WriteLine(line));
        var report = await run.RunAsync(cluster, member, hold, either.Token);
        if (file is not null)
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(report, CliJson.Readable.DrillReport) + "\n", CancellationToken.None);
        }

        if (call.Json)
        {
            CliJson.Write(call.Shell, report, CliJson.Readable.DrillReport);
        }
        else
        {
            Show(call, report);
        }

        return report is { GivenBack: true, Problems.Count: 0 } ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Show(Call call, DrillReport report)
    {
        Show(call, "away", report.Away);
        Show(call, "back", report.Back);
        var probe = report.Probe;
        call.Shell.Out.WriteLine(probe.Pools == 0
            ? "asked:  none of its shards has a pool"
            : Text($"asked:  {probe.Pools} pools, {probe.Answers} answers, {probe.Refused} refused, {probe.Late} later than {DrillProbeResult.LateMs} ms, the longest {probe.LongestMs:0.0} ms"));
        foreach (var problem in report.Problems)
        {
            call.Shell.Out.WriteLine($"- {problem}");
        }

        if (report.GivenBack)
        {
            call.Shell.Say($"{report.Member} has its {ClusterTexts.Count(report.Shards, "shard")} back");
        }
        else
        {
            call.Shell.Out.WriteLine($"{report.Member} has not all of its {ClusterTexts.Count(report.Shards, "shard")} back");
        }
    }

    private static void Show(Call call, string name, DrillLeg leg) => call.Shell.Out.WriteLine(Text(
        $"{name + ":",-7} {leg.Moved} shards moved in {leg.TookMs:0} ms, {leg.Refused} refused; without an owner for {leg.MeanPauseMs:0.0} ms each, {leg.LongestPauseMs:0.0} ms at the most"));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static TimeSpan Span(Call call, Flag flag, TimeSpan usual) => call.Settings.Duration(flag) switch
    {
        null => usual,
        { } span when span > TimeSpan.Zero && span <= _longest => span,
        { } span => throw CommandFailedException.Usage(
            $"invalid argument \"{GoDuration.Format(span)}\" for \"--{flag.Name}\" flag: must be above 0 and at most {GoDuration.Format(_longest)}"),
    };
}
