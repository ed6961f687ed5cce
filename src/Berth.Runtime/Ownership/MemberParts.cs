using Berth.Runtime.Metrics;
using Berth.Runtime.Pools;
using Microsoft.Extensions.Logging;

namespace Berth.Runtime.Ownership;

/// <summary>What the loops of one member share, over all its lives.</summary>
internal sealed record MemberParts(
    IMembershipTable Table,
    MemberCard Card,
    PoolHost Host,
    HeldShards Shards,
    HeldLease Lease,
    TimeProvider Time,
    OwnershipOptions Options,
    ILogger Log)
{
    /// <summary>What is counted.</summary>
    public ClusterMeasures Measures { get; init; } = new();

    /// <summary>What the table told this process.</summary>
    public StoreMemory Memory { get; } = new();

    /// <summary>What planned moves leave here.</summary>
    public KeptShards Kept { get; } = new(Time);

    /// <summary>A limit for one call of the table. To be disposed of.</summary>
    public CancellationTokenSource CallLimit() => new(Options.CallLimit, Time);

    /// <summary>
    /// Follows a change of what is owned: what was lost is closed already, its actors end; what was taken is opened, and <paramref name="opened"/>
    /// is told so.
    /// </summary>
    public void Follow((IReadOnlyList<HeldShard> Lost, IReadOnlyList<HeldShard> Taken) change, Action? opened = null)
    {
        Measures.ShardsLost.Add(change.Lost.Count);
        Measures.ShardsGained.Add(change.Taken.Count);
        if (change.Lost.Count > 0)
        {
            Log.Lost(change.Lost.Count, change.Lost[0].Number, change.Lost[0].Epoch.Value);
            Host.Close(change.Lost);
        }

        if (change.Taken.Count > 0)
        {
            Log.Taken(change.Taken.Count, change.Taken[0].Number, change.Taken[0].Epoch.Value);
            Host.Loss.Take(change.Taken);
            Host.Open(change.Taken, opened);
        }
    }
}

internal static partial class MemberPartsLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "shards.lost: {count}, the first is {shard} at epoch {epoch}")]
    public static partial void Lost(this ILogger log, int count, int shard, long epoch);

    [LoggerMessage(Level = LogLevel.Information, Message = "shards.taken: {count}, the first is {shard} at epoch {epoch}")]
    public static partial void Taken(this ILogger log, int count, int shard, long epoch);
}
