using Microsoft.Extensions.Logging;

namespace Berth.Runtime.Ownership;

/// <summary>
/// Hands shards on as planned: to whom they should belong, and all of them when the member leaves. A shard is drained, given up,
/// and only then transferred; from before the transfer is sent nothing is answered under its epoch, whatever comes of it.
/// </summary>
internal sealed class PlannedMoves(MemberParts parts, Incarnation self, Func<ClusterView> look, Func<MemberRow, Task> tell)
{
    private const int MovedTogether = 8;
    private static readonly TimeSpan _every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _repeatAfter = TimeSpan.FromMilliseconds(250);

    private readonly ShardPlan _plan = new();

    /// <summary>Guards the two below.</summary>
    private readonly Lock _gate = new();

    /// <summary>Moves that operators asked for, and that are under way.</summary>
    private readonly List<Task> _asked = [];

    /// <summary>Ends what operators ask for; null: nothing may be asked for, yet or any more.</summary>
    private CancellationToken? _stop;

    /// <summary>Moves what belongs elsewhere until <paramref name="stop"/>, and what operators ask for meanwhile.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        lock (_gate)
        {
            _stop = stop;
        }

        await MoveAsPlannedAsync(stop);
        Task[] asked;
        lock (_gate)
        {
            _stop = null;
            asked = [.. _asked];
        }

        await Task.WhenAll(asked);
    }

    /// <summary>Moves one shard to another live member, because an operator wants it.</summary>
    public async ValueTask<ShardMoved> MoveAsync(int number, Incarnation to)
    {
        if (parts.Shards.At(number) is not { IsServing: true } shard)
        {
            return new ShardMoved(ShardMoveOutcome.NotOwned, TimeSpan.Zero);
        }

        if (parts.Host.HasSeenLoss)
        {
            return new ShardMoved(ShardMoveOutcome.Withheld, TimeSpan.Zero);
        }

        if (to == self || look().LiveMember(to) is not { } successor)
        {
            return new ShardMoved(ShardMoveOutcome.NoSuccessor, TimeSpan.Zero);
        }

        var began = parts.Time.GetTimestamp();

        // Whoever waits for it goes on in this very thread, once nothing is left to be done here.
        var over = new TaskCompletionSource();
        CancellationToken stop;
        lock (_gate)
        {
            if (_stop is not { IsCancellationRequested: false } going)
            {
                return new ShardMoved(ShardMoveOutcome.Overtaken, TimeSpan.Zero);
            }

            stop = going;
            _asked.RemoveAll(ended => ended.IsCompleted);
            _asked.Add(over.Task);
        }

        try
        {
            var outcome = await MoveAsync(shard, successor, stop);
            return new ShardMoved(outcome, parts.Time.GetElapsedTime(began));
        }
        finally
        {
            over.SetResult();
        }
    }

    private async Task MoveAsPlannedAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(_every, parts.Time);
        using var ending = stop.Register(timer.Dispose);
        while (!stop.IsCancellationRequested && await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            var view = look();
            if (view.Candidates.Any(member => member.Incarnation == self))
            {
                await MoveAsync(view.Candidates, MovedTogether, shard => !parts.Host.HasSeenLoss && !parts.Kept.Keeps(shard.Number), stop);
            }
        }
    }

    /// <summary>Hands every shard to another live member, as far as there is one and until <paramref name="stop"/>.</summary>
    public Task MoveAllAsync(CancellationToken stop) =>
        MoveAsync([.. look().Live.Where(member => member.Incarnation != self)], Shards.Count, _ => true, stop);

    private async Task MoveAsync(IReadOnlyList<MemberRow> candidates, int most, Func<HeldShard, bool> which, CancellationToken stop)
    {
        var plan = _plan.Among(candidates);
        var moves = parts.Shards.All
            .Where(shard => shard.IsServing && which(shard))
            .Select(shard => (Shard: shard, To: plan[shard.Number]))
            .Where(move => move.To is not null && move.To.Incarnation != self)
            .Take(most)
            .ToList();
        foreach (var together in moves.Chunk(MovedTogether))
        {
            await Task.WhenAll(together.Select(move => MoveAsync(move.Shard, move.To!, stop)));
        }
    }

    /// <summary>Overtaken, moved or unsettled. It does not throw.</summary>
    private async Task<ShardMoveOutcome> MoveAsync(HeldShard shard, MemberRow to, CancellationToken stop)
    {
        if (stop.IsCancellationRequested || !shard.Drain())
        {
            return ShardMoveOutcome.Overtaken;
        }

        await parts.Host.DrainAsync(shard, parts.Options.DrainLimit);
        var settled = parts.Time.GetTimestamp() >= shard.SettlesAt;
        if (!parts.Shards.GiveUp(shard))
        {
            return ShardMoveOutcome.Overtaken;
        }

        parts.Host.Close([shard]);
        parts.Kept.Keep(shard.Number, TimeSpan.Zero);
        if (!await TransferAsync(shard, to, settled, stop))
        {
            return ShardMoveOutcome.Unsettled;
        }

        parts.Measures.ShardsHandedOn.Add();
        parts.Log.Moved(shard.Number, to.Card.Name);
        await tell(to);
        return ShardMoveOutcome.Moved;
    }

    /// <summary>
    /// Sends the transfer until somebody says how it ended. Where the successor is gone the member takes the shard back by a new
    /// epoch. True: the successor has it.
    /// </summary>
    private async Task<bool> TransferAsync(HeldShard shard, MemberRow to, bool settled, CancellationToken stop)
    {
        var successor = to.Incarnation;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var limit = parts.CallLimit();
                var outcome = await parts.Table.TransferAsync(self, shard.Owned, successor, settled, limit.Token);
                if (outcome != TransferOutcome.SuccessorDown || successor == self)
                {
                    return outcome == TransferOutcome.Moved && successor != self;
                }

                successor = self;
                continue;
            }
            catch (Exception failure)
            {
                parts.Log.TransferUnknown(failure, shard.Number, FailureReason.Of(failure));
            }

            await Task.Delay(_repeatAfter, parts.Time, CancellationToken.None);
        }

        return false;
    }
}

internal static partial class PlannedMovesLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "shards.moved: shard {shard} to {member}")]
    public static partial void Moved(this ILogger log, int shard, string member);

    [LoggerMessage(Level = LogLevel.Warning, Message = "shards.moving: whether shard {shard} was handed on is not known, asking again: {reason}")]
    public static partial void TransferUnknown(this ILogger log, Exception failure, int shard, string reason);
}
