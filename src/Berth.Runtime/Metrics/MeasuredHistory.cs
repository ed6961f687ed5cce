using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Runtime.Metrics;

/// <summary>A history whose calls are measured.</summary>
internal sealed class MeasuredHistory(IHistory inner, StoreMeasures measures) : IHistory
{
    public ValueTask<IReadOnlyList<PoolHead>> ReadHeadsAsync(PoolName? after, int limit) =>
        measures.FollowAsync(StoreOperation.History, measures.Start(), inner.ReadHeadsAsync(after, limit));

    public ValueTask<AppendResult> WriteBaseAsync(PoolName pool, Epoch epoch, Opening opening, SnapshotPart part) =>
        measures.FollowAsync(StoreOperation.History, measures.Start(), inner.WriteBaseAsync(pool, epoch, opening, part));

    public ValueTask<CutResult> CutAsync(PoolName pool, Epoch epoch, Opening opening, long upTo, int most) =>
        measures.FollowAsync(StoreOperation.History, measures.Start(), inner.CutAsync(pool, epoch, opening, upTo, most));

    public ValueTask<bool> ReadBaseAsync(PoolName pool, Action<SnapshotPart> read) =>
        measures.FollowAsync(StoreOperation.History, measures.Start(), inner.ReadBaseAsync(pool, read));

    public ValueTask<bool> AppendCheckpointAsync(CheckpointRow checkpoint) =>
        measures.FollowAsync(StoreOperation.History, measures.Start(), inner.AppendCheckpointAsync(checkpoint));

    public ValueTask<IReadOnlyList<CheckpointRow>> ReadCheckpointsAsync(long number, int limit) =>
        measures.FollowAsync(StoreOperation.History, measures.Start(), inner.ReadCheckpointsAsync(number, limit));

    public ValueTask<CheckpointRow?> ReadLastCheckpointAsync() =>
        measures.FollowAsync(StoreOperation.History, measures.Start(), inner.ReadLastCheckpointAsync());

    public ValueTask<int> ForgetCheckpointsAsync(long beforeMs, int keep, int most) =>
        measures.FollowAsync(StoreOperation.History, measures.Start(), inner.ForgetCheckpointsAsync(beforeMs, keep, most));

    public ValueTask<int> ForgetDenialsAsync(PoolName pool, long beforeMs, int most) =>
        measures.FollowAsync(StoreOperation.History, measures.Start(), inner.ForgetDenialsAsync(pool, beforeMs, most));

    public ValueTask RecordKeyAsync(ReadOnlyMemory<byte> publicKey, long sinceMs) =>
        measures.FollowAsync(StoreOperation.History, measures.Start(), inner.RecordKeyAsync(publicKey, sinceMs));

    public ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ReadKeysAsync() =>
        measures.FollowAsync(StoreOperation.History, measures.Start(), inner.ReadKeysAsync());

    public ValueTask<long> MeasureAsync() => measures.FollowAsync(StoreOperation.History, measures.Start(), inner.MeasureAsync());
}
