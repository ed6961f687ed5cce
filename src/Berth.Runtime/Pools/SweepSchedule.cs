namespace Berth.Runtime.Pools;

/// <summary>
/// Which pools have a claim that may be past its deadline: one entry for each pool with live claims, earliest first, so
/// that a sweep looks at those that are due and at no others.
/// </summary>
internal sealed class SweepSchedule
{
    /// <summary>Guards the queue.</summary>
    private readonly Lock _gate = new();
    private readonly PriorityQueue<PoolActor, long> _pools = new();

    /// <summary>The pool's earliest deadline is no earlier than this. A pool may be added again only after it was taken.</summary>
    public void Add(PoolActor pool, long deadlineMs)
    {
        lock (_gate)
        {
            _pools.Enqueue(pool, deadlineMs);
        }
    }

    /// <summary>Takes a pool whose time has come; false: none.</summary>
    public bool TryTake(long nowMs, out PoolActor pool)
    {
        lock (_gate)
        {
            if (_pools.TryPeek(out pool!, out var deadlineMs) && deadlineMs <= nowMs)
            {
                _pools.Dequeue();
                return true;
            }

            return false;
        }
    }
}
