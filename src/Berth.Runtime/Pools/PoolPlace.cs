using Berth.Pools;
using Berth.Runtime.Ownership;

namespace Berth.Runtime.Pools;

/// <summary>A pool that exists, and its actor while this member answers for it.</summary>
internal sealed class PoolPlace(PoolName name)
{
    private volatile PoolActor? _actor;
    private long _newestVersion;

    public PoolName Name { get; } = name;

    public int Shard { get; } = Shards.Of(name);

    /// <summary>Null: it was not asked for yet, or belongs to another member.</summary>
    public PoolActor? Actor
    {
        get => _actor;
        set => _actor = value;
    }

    /// <summary>
    /// The greatest version that this process ever knew to be durable. A store that opens the pool at a smaller one has forgotten what
    /// it had confirmed.
    /// </summary>
    public long NewestVersion => Interlocked.Read(ref _newestVersion);

    /// <summary>It has: whatever is written later, no seat is given here by this process.</summary>
    public bool HasForgotten { get; private set; }

    /// <summary>The store opened the pool at a version. Returns the newest one if it has forgotten it; null: it has not.</summary>
    public long? Opened(long version)
    {
        var newest = NewestVersion;
        HasForgotten |= version < newest;
        Saw(version);
        return version < newest ? newest : null;
    }

    public void Saw(long version)
    {
        // Only the actor that the store accepts writes, and it only goes up.
        if (version > NewestVersion)
        {
            Interlocked.Exchange(ref _newestVersion, version);
        }
    }
}
