using Berth.Pools;
using Berth.Runtime.Metrics;
using Berth.Runtime.Ownership;

namespace Berth.Runtime.Pools;

/// <summary>A pool that exists, and its actor while this member answers for it.</summary>
internal sealed class PoolPlace(PoolName name, FileMoments moments)
{
    private volatile PoolActor? _actor;
    private long _newestVersion;

    public PoolName Name { get; } = name;

    public int Shard { get; } = Shards.Of(name);

    /// <summary>Since when its license files are what they are.</summary>
    public FileMarks Files { get; } = new(moments);

    /// <summary>What it was asked and answered here.</summary>
    public PoolCounts Counts { get; } = new();

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

    /// <summary>
    /// The store opened the pool at a version, asked when this process knew of <paramref name="newest"/>. True: it has forgotten some of
    /// that.
    /// </summary>
    public bool Opened(long version, long newest)
    {
        Files.Renew();
        Saw(version);
        HasForgotten |= version < newest;
        return version < newest;
    }

    public void Saw(long version)
    {
        for (var seen = NewestVersion; version > seen; seen = NewestVersion)
        {
            Interlocked.CompareExchange(ref _newestVersion, version, seen);
        }
    }
}
