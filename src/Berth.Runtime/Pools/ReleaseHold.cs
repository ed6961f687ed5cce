using Berth.Pools;
using Berth.Runtime.Ownership;

namespace Berth.Runtime.Pools;

/// <summary>
/// Keeps commands that free a seat until the former owners of its shard can no longer tell anybody that he holds it. Granting needs
/// no such wait: a seat that is free in the journal was never promised.
/// </summary>
internal sealed class ReleaseHold(TimeProvider time)
{
    /// <summary>The most that wait at once; more are answered <see cref="Busy"/>.</summary>
    public const int MaxWaiting = 4_096;

    /// <summary>Guards the releases of nodes that wait.</summary>
    private readonly Lock _gate = new();
    private readonly Dictionary<(PoolName Pool, Fingerprint Node), long> _claimed = [];
    private volatile int _waiting;

    /// <summary>Whether the command must wait before this ownership may decide it.</summary>
    public bool Keeps(HeldShard shard, PoolCommand command) =>
        shard.SettlesAt > 0 && Frees(command) && time.GetTimestamp() < shard.SettlesAt;

    /// <summary>A node claims while its own release may still wait: its last word counts, and that release is dropped.</summary>
    public void Claims(PoolName pool, Fingerprint node)
    {
        if (_waiting == 0)
        {
            return;
        }

        lock (_gate)
        {
            if (_claimed.TryGetValue((pool, node), out var times))
            {
                _claimed[(pool, node)] = times + 1;
            }
        }
    }

    /// <summary>
    /// Waits until the shard is settled, and then sends. <see cref="Busy"/>: too many wait, or the node has claimed since; nothing happens.
    /// </summary>
    public async ValueTask<PoolReply> SendAsync(HeldShard shard, PoolName pool, PoolCommand command, Func<ValueTask<PoolReply>> send)
    {
        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return Busy.Instance;
        }

        ValueTask<PoolReply> sent;
        try
        {
            var node = command is ReleaseSeat release ? release.Node : (Fingerprint?)null;
            var seen = node is null ? 0 : Begin(pool, node.Value);

            // Whoever asked may be gone; a release counts all the same.
            for (var now = time.GetTimestamp(); now < shard.SettlesAt; now = time.GetTimestamp())
            {
                await Waiting.ForAsync(time.GetElapsedTime(now, shard.SettlesAt) + TimeSpan.FromMilliseconds(1), time, CancellationToken.None);
            }

            lock (_gate)
            {
                // A claim that comes from here on finds the release in the mailbox before it.
                sent = node is not null && _claimed.GetValueOrDefault((pool, node.Value)) != seen ? new(Busy.Instance) : send();
            }
        }
        finally
        {
            End();
        }

        return await sent;
    }

    private long Begin(PoolName pool, Fingerprint node)
    {
        lock (_gate)
        {
            _claimed.TryAdd((pool, node), 0);
            return _claimed[(pool, node)];
        }
    }

    /// <summary>What is remembered of nodes is forgotten with the last that waits.</summary>
    private void End()
    {
        lock (_gate)
        {
            if (Interlocked.Decrement(ref _waiting) == 0)
            {
                _claimed.Clear();
            }
        }
    }

    private static bool Frees(PoolCommand command) => command is ReleaseSeat or TakeSeat or RemoveLicense or ChangeLicense;
}
