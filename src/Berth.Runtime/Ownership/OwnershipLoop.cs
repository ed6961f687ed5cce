using Microsoft.Extensions.Logging;

namespace Berth.Runtime.Ownership;

/// <summary>This member may not join the cluster: what does not fit must be changed, by an operator.</summary>
public sealed class JoinRefusedException(JoinRefusal refusal, string detail) : Exception(detail)
{
    /// <summary>Why.</summary>
    public JoinRefusal Refusal { get; } = refusal;
}

/// <summary>One member's part in the cluster: joins, lives, and joins again as somebody new when it was found dead.</summary>
public sealed class OwnershipLoop
{
    private static readonly TimeSpan _firstRetry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _longestRetry = TimeSpan.FromSeconds(5);

    private readonly MemberParts _parts;
    private readonly OwnershipSignals _signals;
    private readonly Func<MemberRow, Task> _tell;
    private MemberLife? _life;

    internal OwnershipLoop(MemberParts parts, OwnershipSignals signals, Func<MemberRow, Task> tell)
    {
        _parts = parts;
        _signals = signals;
        _tell = tell;
    }

    /// <summary>The life under way; 0: none.</summary>
    public Incarnation Self => Volatile.Read(ref _life)?.Self ?? default;

    /// <summary>The cluster as it was last seen.</summary>
    public ClusterView View => _signals.View;

    /// <summary>Shards held now.</summary>
    public int ShardsHeld => _parts.Shards.Count;

    /// <summary>
    /// Is a member until <paramref name="stop"/>, and then leaves. Throws <see cref="JoinRefusedException"/> when it does not fit the
    /// cluster; everything else is waited out.
    /// </summary>
    /// <param name="stop">It is to leave.</param>
    /// <param name="handedOn">Asked once everything was handed on: it is a member until that completes. Null: it leaves at once.</param>
    public async Task RunAsync(CancellationToken stop, Func<Task>? handedOn = null)
    {
        while (!stop.IsCancellationRequested && await JoinAsync(stop) is { } self)
        {
            using var life = new MemberLife(_parts, self, _signals, _tell);
            Volatile.Write(ref _life, life);
            try
            {
                if (!await life.RunAsync(handedOn, stop))
                {
                    return;
                }
            }
            finally
            {
                Volatile.Write(ref _life, null);
            }
        }
    }

    /// <summary>
    /// Reads the table now: another member says that it has changed in this one's favor, or an operator is about to act on it. Where it cannot be read, a line in
    /// the log says so and the view stays as it was.
    /// </summary>
    public async Task LookAsync()
    {
        try
        {
            await (Volatile.Read(ref _life)?.LookAsync() ?? Task.CompletedTask);
        }
        catch (ObjectDisposedException)
        {
            // That life ended meanwhile; the next one looks as it begins.
            return;
        }
    }

    /// <summary>Hands one shard on to another live member.</summary>
    internal ValueTask<ShardMoved> MoveAsync(int shard, Incarnation to) =>
        Volatile.Read(ref _life)?.MoveAsync(shard, to) ?? new(new ShardMoved(ShardMoveOutcome.NotOwned, TimeSpan.Zero));

    /// <summary>Planned moves leave a shard here for so long, whether or not it is here yet.</summary>
    internal void Keep(int shard, TimeSpan span) => _parts.Kept.Keep(shard, span);

    /// <summary>For how much longer planned moves leave a shard here.</summary>
    internal TimeSpan KeptFor(int shard) => _parts.Kept.LeftOf(shard);

    private async Task<Incarnation?> JoinAsync(CancellationToken stop)
    {
        var patience = new JoinPatience(_parts);
        for (var pause = _firstRetry; !stop.IsCancellationRequested; pause = pause * 2 < _longestRetry ? pause * 2 : _longestRetry)
        {
            try
            {
                using var limit = _parts.CallLimit();
                var result = await _parts.Table.JoinAsync(_parts.Options.CardNow?.Invoke(_parts.Card) ?? _parts.Card, limit.Token);
                if (result.Incarnation is { } incarnation)
                {
                    _parts.Log.Joined(_parts.Card.Name, incarnation.Value);
                    return incarnation;
                }

                if (!await patience.LookAsync(result.Refusal!.Value))
                {
                    throw new JoinRefusedException(result.Refusal.Value, result.Detail ?? result.Refusal.ToString()!);
                }

                pause = _firstRetry / 2;
            }
            catch (Exception failure) when (failure is not JoinRefusedException)
            {
                _parts.Log.NotJoined(failure, FailureReason.Of(failure));
            }

            await Waiting.ForAsync(pause, _parts.Time, stop);
        }

        return null;
    }
}

internal static partial class OwnershipLoopLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "member.joined: {member} is incarnation {incarnation}")]
    public static partial void Joined(this ILogger log, string member, long incarnation);

    [LoggerMessage(Level = LogLevel.Warning, Message = "member.joining: the store does not answer, asking again: {reason}")]
    public static partial void NotJoined(this ILogger log, Exception failure, string reason);
}
