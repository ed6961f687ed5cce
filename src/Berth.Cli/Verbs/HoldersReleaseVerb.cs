using Berth.Cli.Access;
using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>
/// Takes a node's seat away. It stands with the holders because it is the operator's: <c>release</c> alone speaks as the node itself,
/// over the edge, and leaves the node free to claim again.
/// </summary>
internal static class HoldersReleaseVerb
{
    private static readonly Flag _fingerprint = new("fingerprint", FlagKind.Text, "what the node is known by");
    public static readonly Flag Reason = new("reason", FlagKind.Text, "why, for the record: needed, at most 256 bytes");
    public static readonly Flag CoolDown = new("cool-down", FlagKind.Duration, "how long the node gets no seat in this pool, 0 to 720h (the pool's ttl)");

    public static readonly Verb Definition = new(
        "holders release",
        "[FINGERPRINT]",
        "Take a node's seat away, at once and on the record",
        [_fingerprint, VerbFlags.Pool, Reason, CoolDown],
        RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        var node = call.Only(_fingerprint, "fingerprint");
        var request = Request(call);
        var pool = call.Settings.Text(VerbFlags.Pool)
            ?? throw CommandFailedException.Usage("--pool is missing; - is the pool without a name");
        await using var reach = await Reach.ForWritingAsync(call);
        await ReleaseAsync(call, reach.Administration.Holders, pool, node, request);
        return ExitCode.Done;
    }

    /// <summary>Why, and for how long. Fails with a usage error.</summary>
    public static TakeSeatRequest Request(Call call)
    {
        var reason = call.Settings.Text(Reason) is { Length: > 0 } text
            ? text
            : throw CommandFailedException.Usage("--reason is missing: say why the seat is taken away");
        return new TakeSeatRequest(reason, (long?)call.Settings.Duration(CoolDown)?.TotalMilliseconds);
    }

    /// <summary>Does it and says so.</summary>
    public static async Task ReleaseAsync(Call call, IHolders holders, string pool, string node, TakeSeatRequest request)
    {
        var taken = await holders.ReleaseAsync(pool, node, request, call.Shell.Stop).OrFailAsync();
        if (call.Json)
        {
            CliJson.Write(call.Shell, taken, CliJson.Readable.TakenSeat);
            return;
        }

        var rest = taken.CoolDownMs == 0
            ? "; it may claim again at once"
            : $"; it gets none in this pool for {GoDuration.Format(TimeSpan.FromMilliseconds(taken.CoolDownMs))}";
        call.Shell.Say($"seat of {taken.Fingerprint} in pool {taken.Pool} released{rest}");
    }
}
