using System.Globalization;
using Berth.Cli.Access;
using Berth.Cli.Flags;
using Berth.Cli.Output;
using Berth.Protocol;
using Berth.Runtime.Ownership;

namespace Berth.Cli.Verbs;

/// <summary>Moves a shard to another member.</summary>
internal static class ShardsMoveVerb
{
    private static readonly Flag _for = new("for", FlagKind.Duration, "how long it stays there although it belongs elsewhere, at most 24h (10m)");

    public static readonly Verb Definition = new(
        "shards move", "SHARD NAME", "Move a shard to a live member, and keep it there for a while", [_for], RunAsync);

    private static async Task<ExitCode> RunAsync(Call call)
    {
        if (call.Words is not [var number, var name]
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var shard) || shard >= Shards.Count)
        {
            throw CommandFailedException.Usage($"write: berth shards move SHARD NAME, where SHARD is 0 to {Shards.Count - 1} and NAME a member's");
        }

        var keep = call.Settings.Duration(_for);
        if (keep < TimeSpan.Zero || keep > TimeSpan.FromMilliseconds(MoveShardRequest.MaxKeepMs))
        {
            throw CommandFailedException.Usage($"invalid argument \"{GoDuration.Format(keep.Value)}\" for \"--for\" flag: must be 0 to 24h");
        }

        await using var reach = await Reach.ForWritingAsync(call);
        var request = new MoveShardRequest(shard, name, (long?)keep?.TotalMilliseconds);
        var moved = await reach.Administration.Cluster.MoveAsync(request, call.Shell.Stop).OrFailAsync();
        if (call.Json)
        {
            CliJson.Write(call.Shell, moved, CliJson.Readable.MovedShard);
            return ExitCode.Done;
        }

        var stays = moved.KeptMs == 0 ? "it belongs there" : $"it stays there for {GoDuration.Format(TimeSpan.FromMilliseconds(moved.KeptMs))}";
        call.Shell.Say(moved.Before
            ? $"shard {moved.Shard} is at {moved.To} already; {stays}"
            : string.Create(CultureInfo.InvariantCulture, $"shard {moved.Shard} moved from {moved.From} to {moved.To}, {moved.PauseMs:0.0} ms without an owner; {stays}"));
        return ExitCode.Done;
    }
}
