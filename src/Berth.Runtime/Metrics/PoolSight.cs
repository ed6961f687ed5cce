using Berth.Pools;
using Berth.Runtime.Pools;

namespace Berth.Runtime.Metrics;

/// <summary>
/// How a pool looked when somebody last wanted to know. Who wants to know asks from any thread; whoever has the pool's state looks,
/// which takes a few microseconds, whatever the pool holds.
/// </summary>
internal sealed class PoolSight(PoolReplay replay, PoolClock clock, PoolEnvironment shared)
{
    private volatile PoolFigures? _last;
    private long _openedMs;
    private int _wanted;

    /// <summary>How it looked; null: nobody wanted to know since it was opened.</summary>
    public PoolFigures? Last => _last;

    /// <summary>Somebody asked and has not been answered.</summary>
    public bool IsWanted => Volatile.Read(ref _wanted) > 0;

    /// <summary>Asks for a look at up to so many holders: at least 1.</summary>
    public void Want(int holders) => Volatile.Write(ref _wanted, holders);

    /// <summary>The pool was opened. Only who has the state may call it.</summary>
    public void Open()
    {
        _openedMs = clock.NowMs;
        _last = null;
    }

    /// <summary>Looks, if somebody wants to know. Only who has the state may call it.</summary>
    public void LookIfWanted()
    {
        if (_wanted > 0 && Interlocked.Exchange(ref _wanted, 0) is > 0 and var holders)
        {
            var wallMs = shared.Time.GetUtcNow().ToUnixTimeMilliseconds();
            _last = replay.State.Measure(new PoolLook(clock.NowMs, wallMs, _openedMs, shared.Rules.EnforceExpiry, holders));
        }
    }
}
