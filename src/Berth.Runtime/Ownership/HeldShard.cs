using Berth.Pools;

namespace Berth.Runtime.Ownership;

/// <summary>One ownership of a shard by this member, from the moment it learned of it until it gave it up or lost it.</summary>
internal sealed class HeldShard(OwnedShard owned, long takenAt, long settlesAt)
{
    private const int Serving = 0;
    private const int Draining = 1;
    private const int Closed = 2;

    /// <summary>It only goes up.</summary>
    private int _phase = Serving;

    public OwnedShard Owned { get; } = owned;

    public int Number => Owned.Shard;

    public Epoch Epoch => Owned.Epoch;

    /// <summary>The monotonic timestamp at which the member learned of it.</summary>
    public long TakenAt { get; } = takenAt;

    /// <summary>
    /// The monotonic timestamp until which former owners may still answer. Until then nothing that somebody may hold is freed.
    /// </summary>
    public long SettlesAt { get; } = settlesAt;

    /// <summary>Takes new commands.</summary>
    public bool IsServing => Volatile.Read(ref _phase) == Serving;

    /// <summary>No answer is given under this epoch any more, ever.</summary>
    public bool IsClosed => Volatile.Read(ref _phase) == Closed;

    /// <summary>For how many more milliseconds former owners may still tell nodes that they hold their seats.</summary>
    public long LeftToSettleMs(TimeProvider time)
    {
        var now = time.GetTimestamp();
        return SettlesAt <= now ? 0 : (long)Math.Ceiling(time.GetElapsedTime(now, SettlesAt).TotalMilliseconds);
    }

    /// <summary>Takes no new commands; those it has are finished and answered. False: it was not serving.</summary>
    public bool Drain() => Interlocked.CompareExchange(ref _phase, Draining, Serving) == Serving;

    /// <summary>The end of it.</summary>
    public void Close() => Volatile.Write(ref _phase, Closed);
}
