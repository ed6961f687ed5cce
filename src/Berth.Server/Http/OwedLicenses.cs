using System.Collections.Concurrent;
using Berth.Pools;

namespace Berth.Server.Http;

/// <summary>
/// Nodes that hold a seat but whose license could not be read when it was to be handed out. Their next answer carries it, as
/// after any unknown outcome, whether or not heartbeats are asked of them. Lost with the process: the pool itself repeats
/// licenses after a recovery.
/// </summary>
internal sealed class OwedLicenses
{
    private const int MaxKept = 65_536;

    private readonly ConcurrentDictionary<(PoolName Pool, Fingerprint Node), Granted> _owed = new();
    private volatile bool _any;
    private int _addedSinceCleared;

    /// <summary>The reply could not be given to the node.</summary>
    public void Add(PoolName pool, Fingerprint node, PoolReply reply)
    {
        var owed = reply switch
        {
            Granted granted => granted,
            Renewed renewed => new Granted(renewed.License, renewed.TtlMs, 0),
            _ => null,
        };
        if (owed is null)
        {
            return;
        }

        if (Interlocked.Increment(ref _addedSinceCleared) > MaxKept)
        {
            _owed.Clear();
            Volatile.Write(ref _addedSinceCleared, 1);
        }

        _owed[(pool, node)] = owed;
        _any = true;
    }

    /// <summary>The reply, with the license if that is owed. A newer grant settles an older debt.</summary>
    public PoolReply Settle(PoolName pool, Fingerprint node, PoolReply reply)
    {
        if (!_any || reply is not (Granted or Renewed or AlreadyHeld) || !_owed.TryRemove((pool, node), out var owed))
        {
            return reply;
        }

        return reply switch
        {
            Renewed renewed => renewed with { Repeat = true },
            AlreadyHeld => owed,
            _ => reply,
        };
    }
}
