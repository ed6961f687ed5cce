namespace Berth.Runtime.Pools;

/// <summary>
/// Which pools have a claim that may be past its deadline: one entry for each pool with live claims, earliest first, so
/// that a sweep looks at those that are due and at no others.
/// </summary>
internal sealed class SweepSchedule
{
    /// <summary>Guards the fields below.</summary>
    private readonly Lock _gate = new();
    private readonly PriorityQueue<PoolPlace, long> _pools = new();
    private readonly Dictionary<PoolPlace, long> _wanted = [];

    /// <summary>The pool's earliest deadline is no earlier than this. A later time than is wanted already changes nothing.</summary>
    public void Add(PoolPlace pool, long deadlineMs)
    {
        lock (_gate)
        {
            if (!_wanted.TryGetValue(pool, out var there) || deadlineMs < there)
            {
                _wanted[pool] = deadlineMs;
                _pools.Enqueue(pool, deadlineMs);
            }
        }
    }

    /// <summary>Takes the pools whose time has come, each once.</summary>
    public List<PoolPlace> TakeDue(long nowMs)
    {
        var due = new List<PoolPlace>();
        lock (_gate)
        {
            while (_pools.TryPeek(out var pool, out var deadlineMs) && deadlineMs <= nowMs)
            {
                _pools.Dequeue();

                // An entry that an earlier one overtook is left over.
                if (_wanted.TryGetValue(pool, out var wanted) && wanted == deadlineMs)
                {
                    _wanted.Remove(pool);
                    due.Add(pool);
                }
            }
        }

        return due;
    }
}
