using Berth.Cli.Access;
using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>Shows and changes the policy of the whole cluster. Exceptions for one pool are <c>pools set</c>.</summary>
internal static class PolicyVerbs
{
    private static readonly Flag _ttl = new("ttl", FlagKind.Duration, "how long a node may stay silent, 30s or more") { Short = 't' };
    private static readonly Flag _strategy = new("strategy", FlagKind.Strategy, "which free seat a claim takes: fifo, lifo or rand");
    private static readonly Flag _heartbeats = new("heartbeats", FlagKind.Text, "true: claims lapse without renewals; false: a seat is held until it is released");

    public static readonly Verb Show = new("policy show", "", "Show the policy that every pool without an exception follows", [], ShowAsync);

    public static readonly Verb Set = new(
        "policy set",
        "",
        "Change the cluster's policy; a start of serve that is given --ttl, --strategy or --no-heartbeats changes it again",
        [_ttl, _strategy, _heartbeats],
        SetAsync);

    private static async Task<ExitCode> ShowAsync(Call call)
    {
        call.TakeNoWords();
        await using var reach = await Reach.ForReadingAsync(call);
        Write(call, await reach.Administration.ShowPolicyAsync(call.Shell.Stop).OrFailAsync());
        return ExitCode.Done;
    }

    private static async Task<ExitCode> SetAsync(Call call)
    {
        call.TakeNoWords();
        var change = new PolicyParts(
            (long?)call.Settings.Duration(_ttl)?.TotalMilliseconds,
            call.Settings.Text(_strategy),
            Heartbeats(call));
        if (change == PolicyParts.None)
        {
            throw CommandFailedException.Usage("give --ttl, --strategy or --heartbeats");
        }

        await using var reach = await Reach.ForWritingAsync(call);
        Write(call, await reach.Administration.ChangePolicyAsync(change, call.Shell.Stop).OrFailAsync());
        return ExitCode.Done;
    }

    private static bool? Heartbeats(Call call) => call.Settings.Text(_heartbeats) is not { } text ? null
        : FlagValue.Flaw(FlagKind.Switch, text) is { } flaw
            ? throw CommandFailedException.Usage($"invalid argument {GoText.Quote(text)} for {GoText.Quote(_heartbeats.Shown)} flag: {flaw}")
        : GoText.Bool(text);

    private static void Write(Call call, PolicyParts policy)
    {
        if (call.Json)
        {
            CliJson.Write(call.Shell, policy, CliJson.Readable.PolicyParts);
            return;
        }

        var table = new TextTable("ttl", "strategy", "heartbeats");
        table.Add(
            GoDuration.Format(TimeSpan.FromMilliseconds(policy.TtlMs ?? 0)), policy.Strategy ?? "-", policy.Heartbeats == false ? "off" : "on");
        table.Write(call.Shell, call.Plain);
    }
}
