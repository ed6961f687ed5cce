using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Microsoft.Extensions.Logging;

namespace Berth.Runtime.Audit;

/// <summary>
/// Forgets the oldest history of the pools of a member, an hour apart. For each pool in this order: a base is stored, which changes
/// nothing; the pool's own record says that it stands for what is to go; only then is it taken into use and are the records deleted. So
/// a process may die anywhere in between: a base that nobody named is replaced, and a deletion that was not finished is.
/// </summary>
/// <param name="host">The pools: only those that are open here are looked at, and the others by their owners.</param>
/// <param name="journal">Their history.</param>
/// <param name="gate">Keeps exports of this process and cuts apart.</param>
/// <param name="limits">How much is kept.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Told what was cut, and what could not be.</param>
/// <param name="forgetsCheckpoints">Whether this member is the one that forgets checkpoints, asked each time.</param>
public sealed class HistoryRetention(
    PoolHost host, IJournal journal, HistoryGate gate, RetentionLimits limits, TimeProvider time, ILogger log, Func<bool> forgetsCheckpoints)
{
    /// <summary>How often the history is looked at.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromHours(1);

    /// <summary>Rows that one transaction deletes, so that no append waits for long.</summary>
    public const int RowsAtOnce = 500;

    private const int PoolsPerPage = 500;

    /// <summary>Whether this process has finished the deletions that another left behind.</summary>
    private bool _resumed;

    /// <summary>Runs a pass every hour until <paramref name="stop"/>.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Every, time);
        using var ending = stop.Register(timer.Dispose);
        while (!limits.KeepsAll && await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            await PassAsync(stop);
        }
    }

    /// <summary>Looks at every pool once. Failures are logged and end with their pool.</summary>
    public async Task PassAsync(CancellationToken stop)
    {
        try
        {
            var heads = await HeadsAsync();
            var excess = limits.ExcessOf(await journal.History.MeasureAsync());
            var events = Math.Max(1, heads.Sum(EventsOf));
            foreach (var head in heads.Where(head => host.OwnershipOf(head.Pool) is not null).TakeWhile(_ => !stop.IsCancellationRequested))
            {
                var share = (long)((Int128)excess * EventsOf(head) / events);
                await PoolAsync(head, share, stop);
            }

            if (forgetsCheckpoints())
            {
                await ForgetCheckpointsAsync(stop);
            }

            _resumed |= !stop.IsCancellationRequested && heads.TrueForAll(head => host.OwnershipOf(head.Pool) is not null);
        }
        catch (Exception failure)
        {
            log.RetentionFailed(failure, failure.Message);
        }
    }

    private static long EventsOf(PoolHead head) => head.Head.Version - head.Base.Version;

    private long BeforeMs => limits.Age == TimeSpan.Zero ? long.MinValue : time.GetUtcNow().ToUnixTimeMilliseconds() - (long)limits.Age.TotalMilliseconds;

    private async Task PoolAsync(PoolHead head, long excess, CancellationToken stop)
    {
        try
        {
            await ForgetDenialsAsync(head.Pool, stop);
            if (!_resumed && head.Base.Version > 0 && host.OwnershipOf(head.Pool) is { } own)
            {
                await DeleteAsync(head.Pool, own, head.Base.Version, stop);
            }

            if (await IsDueAsync(head, excess))
            {
                await CutAsync(head, excess, stop);
            }
        }
        catch (Exception failure)
        {
            log.CutFailed(failure, head.Pool.Value, failure.Message);
        }
    }

    private async ValueTask<bool> IsDueAsync(PoolHead head, long excess) =>
        EventsOf(head) > 0
        && ((excess > 0 && EventsOf(head) > RetentionLimits.LeastEvents)
            || (limits.Age > TimeSpan.Zero
                && await HistoryFold.OldestMsAsync(journal, head) < BeforeMs - (long)limits.Slack.TotalMilliseconds));

    private async Task CutAsync(PoolHead head, long excess, CancellationToken stop)
    {
        var fold = new HistoryFold(journal, head);
        await fold.RunAsync(BeforeMs, excess, head.Head.Version - RetentionLimits.LeastEvents, stop);
        if (fold.UpTo == 0 || stop.IsCancellationRequested || host.OwnershipOf(head.Pool) is not { } own)
        {
            return;
        }

        foreach (var part in fold.Parts())
        {
            var written = await journal.History.WriteBaseAsync(head.Pool, own.Epoch, own.Opening, part);
            if (written.Outcome != AppendOutcome.Committed)
            {
                log.NotCut(head.Pool.Value, written.Reason ?? "another owner has opened the pool");
                return;
            }
        }

        var digest = fold.Digest();
        var moved = await gate.TryMoveAsync(() => MoveAsync(head.Pool, own, fold.UpTo, digest));
        if (moved is not { Outcome: AppendOutcome.Committed })
        {
            log.NotCut(head.Pool.Value, moved?.Reason ?? "its history is being exported, or another owner has opened it");
            return;
        }

        if (moved.More)
        {
            await DeleteAsync(head.Pool, own, fold.UpTo, stop);
        }

        log.Cut(head.Pool.Value, head.Base.Version + 1, fold.UpTo);
    }

    /// <summary>
    /// Records the cut and takes the base into use. Unknown: perhaps it stands in the record, perhaps not. Then nothing is deleted, and the
    /// next pass makes a base and a record of its own.
    /// </summary>
    private async ValueTask<CutResult> MoveAsync(PoolName pool, (Epoch Epoch, Opening Opening) own, long upTo, byte[] digest)
    {
        var reply = await host.SendAsync(pool, new CutHistory(upTo, Convert.ToHexStringLower(digest), Who.Member), default);
        return reply is Changed
            ? await journal.History.CutAsync(pool, own.Epoch, own.Opening, upTo, RowsAtOnce)
            : new CutResult(AppendOutcome.NotWritten, More: false, $"the cut could not be recorded: {reply.GetType().Name}");
    }

    /// <summary>Deletes what a base in use stands for.</summary>
    private async Task DeleteAsync(PoolName pool, (Epoch Epoch, Opening Opening) own, long upTo, CancellationToken stop)
    {
        for (var more = true; more && !stop.IsCancellationRequested;)
        {
            var cut = await journal.History.CutAsync(pool, own.Epoch, own.Opening, upTo, RowsAtOnce);
            more = cut is { Outcome: AppendOutcome.Committed, More: true };
        }
    }

    private async Task ForgetDenialsAsync(PoolName pool, CancellationToken stop)
    {
        while (limits.Age > TimeSpan.Zero && !stop.IsCancellationRequested
            && await journal.History.ForgetDenialsAsync(pool, BeforeMs, RowsAtOnce) == RowsAtOnce)
        {
            await Task.Yield();
        }
    }

    private async Task ForgetCheckpointsAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested
            && await gate.TryMoveAsync(async () => Tuple.Create(
                await journal.History.ForgetCheckpointsAsync(BeforeMs, RetentionLimits.Checkpoints, RowsAtOnce))) is { Item1: RowsAtOnce })
        {
            await Task.Yield();
        }
    }

    private async Task<List<PoolHead>> HeadsAsync()
    {
        var heads = new List<PoolHead>();
        PoolName? after = null;
        while (true)
        {
            var page = await journal.History.ReadHeadsAsync(after, PoolsPerPage);
            heads.AddRange(page);
            if (page.Count < PoolsPerPage)
            {
                return heads;
            }

            after = page[^1].Pool;
        }
    }
}

internal static partial class HistoryRetentionLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "history.cut: pool {pool}: versions {from} to {upTo} are kept as a state only")]
    public static partial void Cut(this ILogger log, string pool, long from, long upTo);

    [LoggerMessage(Level = LogLevel.Warning, Message = "history.uncut: pool {pool}: its history was not cut, trying again in an hour: {reason}")]
    public static partial void NotCut(this ILogger log, string pool, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "history.uncut: pool {pool}: cutting its history failed, trying again in an hour: {reason}")]
    public static partial void CutFailed(this ILogger log, Exception failure, string pool, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "history.uncut: retention failed, trying again in an hour: {reason}")]
    public static partial void RetentionFailed(this ILogger log, Exception failure, string reason);
}
