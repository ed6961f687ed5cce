using Berth.Cli.Access;
using Berth.Cli.Flags;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>Sets what a pool does otherwise than the cluster's policy.</summary>
internal static class PoolsSetVerb
{
    private const string Cluster = "cluster";

    private static readonly Flag _ttl = new("ttl", FlagKind.Text, "how long a node may stay silent, or cluster") { Short = 't' };
    private static readonly Flag _strategy = new("strategy", FlagKind.Text, "fifo, lifo or rand, or cluster");
    private static readonly Flag _heartbeats = new("heartbeats", FlagKind.Text, "true or false, or cluster");
    private static readonly Flag _clear = new("clear", FlagKind.Switch, "follow the cluster in everything");

    public static readonly Verb Definition = new(
        "pools set",
        "[POOL]",
        "Set what a pool does otherwise than the cluster",
        [VerbFlags.Pool, _ttl, _strategy, _heartbeats, _clear],
        RunAsync)
    {
        // What nodes of a pool are told is decided once; whoever operates the cluster does not change it in passing.
        ForOperators = false,
    };

    private static async Task<ExitCode> RunAsync(Call call)
    {
        var name = call.Only(VerbFlags.Pool, "pool");
        Flag[] parts = [_ttl, _strategy, _heartbeats];
        var clear = call.Settings.Switch(_clear) == true;
        if (clear == parts.Any(part => call.Settings.Find(part) is not null))
        {
            throw CommandFailedException.Usage("give --ttl, --strategy or --heartbeats, or else --clear");
        }

        // Whatever is wrong with the flags is said before the store is touched.
        var asked = Over(call, PolicyParts.None);
        await using var reach = await Reach.ForWritingAsync(call);
        var pool = await reach.Administration.FindPoolAsync(name, call.Shell.Stop).OrFailAsync();
        var wanted = clear ? asked : Over(call, pool.Exception);
        PoolsShowVerb.Show(call, await reach.Administration.SetExceptionAsync(name, wanted, call.Shell.Stop).OrFailAsync());
        return ExitCode.Done;
    }

    private static PolicyParts Over(Call call, PolicyParts before) => new(
        Part(call, _ttl, FlagKind.Duration, before.TtlMs, text => (long)Duration(text).TotalMilliseconds),
        call.Settings.Text(_strategy) is null ? before.Strategy : Part<string?>(call, _strategy, FlagKind.Strategy, null, text => text),
        Part(call, _heartbeats, FlagKind.Switch, before.Heartbeats, text => GoText.Bool(text)));

    private static T? Part<T>(Call call, Flag flag, FlagKind kind, T? before, Func<string, T?> read)
    {
        if (call.Settings.Text(flag) is not { } text)
        {
            return before;
        }

        if (text == Cluster)
        {
            return default;
        }

        return FlagValue.Flaw(kind, text) is { } flaw
            ? throw CommandFailedException.Usage($"invalid argument {GoText.Quote(text)} for {GoText.Quote(flag.Shown)} flag: {flaw}")
            : read(text);
    }

    private static TimeSpan Duration(string text)
    {
        _ = GoDuration.TryParse(text, out var duration);
        return duration;
    }
}
