using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Simulation.Kernel;

/// <summary>The history of a store's journal as one process sees it.</summary>
internal sealed class SimulatedHistory(SimulatedStore store, SimulatedProcess process) : IHistory
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PoolHead>> ReadHeadsAsync(PoolName? after, int limit) =>
        Pass(nameof(ReadHeadsAsync), changes: false, history => history.ReadHeadsAsync(after, limit));

    /// <inheritdoc/>
    public ValueTask<AppendResult> WriteBaseAsync(PoolName pool, Epoch epoch, Opening opening, SnapshotPart part) =>
        new(store.CallAsync(process, new StoreBasePart(pool, epoch, opening, SimulatedJournal.Copy(part))));

    /// <inheritdoc/>
    public ValueTask<CutResult> CutAsync(PoolName pool, Epoch epoch, Opening opening, long upTo, int most) =>
        new(store.CallAsync(process, new CutRecords(pool, epoch, opening, upTo, most)));

    /// <inheritdoc/>
    public async ValueTask<bool> ReadBaseAsync(PoolName pool, Action<SnapshotPart> read)
    {
        var parts = new List<SnapshotPart>();
        var there = await Pass(nameof(ReadBaseAsync), changes: false, history => history.ReadBaseAsync(pool, parts.Add));
        parts.ForEach(read);
        return there;
    }

    /// <inheritdoc/>
    public ValueTask<bool> AppendCheckpointAsync(CheckpointRow checkpoint) =>
        new(store.CallAsync(process, new AppendCheckpoint(
            checkpoint with { Bytes = checkpoint.Bytes.ToArray(), Signature = checkpoint.Signature.ToArray() })));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<CheckpointRow>> ReadCheckpointsAsync(long number, int limit) =>
        Pass(nameof(ReadCheckpointsAsync), changes: false, history => history.ReadCheckpointsAsync(number, limit));

    /// <inheritdoc/>
    public ValueTask<CheckpointRow?> ReadLastCheckpointAsync() =>
        Pass(nameof(ReadLastCheckpointAsync), changes: false, history => history.ReadLastCheckpointAsync());

    /// <inheritdoc/>
    public ValueTask<int> ForgetCheckpointsAsync(long beforeMs, int keep, int most) =>
        Pass(nameof(ForgetCheckpointsAsync), changes: true, history => history.ForgetCheckpointsAsync(beforeMs, keep, most));

    /// <inheritdoc/>
    public ValueTask<int> ForgetDenialsAsync(PoolName pool, long beforeMs, int most) =>
        Pass(nameof(ForgetDenialsAsync), changes: true, history => history.ForgetDenialsAsync(pool, beforeMs, most));

    /// <inheritdoc/>
    public async ValueTask RecordKeyAsync(ReadOnlyMemory<byte> publicKey, long sinceMs)
    {
        var key = publicKey.ToArray();
        await Pass(nameof(RecordKeyAsync), changes: true, async history =>
        {
            await history.RecordKeyAsync(key, sinceMs);
            return true;
        });
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ReadKeysAsync() =>
        Pass(nameof(ReadKeysAsync), changes: false, history => history.ReadKeysAsync());

    /// <inheritdoc/>
    public ValueTask<long> MeasureAsync() => Pass(nameof(MeasureAsync), changes: false, history => history.MeasureAsync());

    private ValueTask<T> Pass<T>(string what, bool changes, Func<IHistory, ValueTask<T>> ask) =>
        new(store.CallAsync(process, new PassedOn<T>(what, changes, truth => ask(truth.Journal.History))));
}
