using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Testing;

/// <summary>The history of a journal that fails as it is told.</summary>
internal sealed class FaultyHistory(
    IHistory inner,
    Func<JournalCall, PoolName, Func<ValueTask<AppendResult>>, ValueTask<AppendResult>> writeAsync,
    Func<JournalCall, PoolName, ValueTask<Fault>> takeAsync) : IHistory
{
    public ValueTask<IReadOnlyList<PoolHead>> ReadHeadsAsync(PoolName? after, int limit) => inner.ReadHeadsAsync(after, limit);

    public ValueTask<AppendResult> WriteBaseAsync(PoolName pool, Epoch epoch, Opening opening, SnapshotPart part) =>
        writeAsync(JournalCall.Base, pool, () => inner.WriteBaseAsync(pool, epoch, opening, part));

    public async ValueTask<CutResult> CutAsync(PoolName pool, Epoch epoch, Opening opening, long upTo, int most)
    {
        CutResult? cut = null;
        var result = await writeAsync(JournalCall.Cut, pool, async () =>
        {
            cut = await inner.CutAsync(pool, epoch, opening, upTo, most);
            return new AppendResult(cut.Outcome, cut.Reason);
        });
        return cut ?? new CutResult(result.Outcome, More: false, result.Reason);
    }

    public ValueTask<bool> ReadBaseAsync(PoolName pool, Action<SnapshotPart> read) => inner.ReadBaseAsync(pool, read);

    public async ValueTask<bool> AppendCheckpointAsync(CheckpointRow checkpoint)
    {
        var fault = await takeAsync(JournalCall.Checkpoint, PoolName.Global);
        if (fault is Fault.Fenced)
        {
            return false;
        }

        var written = fault is Fault.None or Fault.ThrowAfter && await inner.AppendCheckpointAsync(checkpoint);
        return fault is Fault.None ? written : throw new IOException("the checkpoint may be written or not");
    }

    public ValueTask<IReadOnlyList<CheckpointRow>> ReadCheckpointsAsync(long number, int limit) => inner.ReadCheckpointsAsync(number, limit);

    public ValueTask<CheckpointRow?> ReadLastCheckpointAsync() => inner.ReadLastCheckpointAsync();

    public ValueTask<int> ForgetCheckpointsAsync(long beforeMs, int keep, int most) => inner.ForgetCheckpointsAsync(beforeMs, keep, most);

    public ValueTask<int> ForgetDenialsAsync(PoolName pool, long beforeMs, int most) => inner.ForgetDenialsAsync(pool, beforeMs, most);

    public async ValueTask RecordKeyAsync(ReadOnlyMemory<byte> publicKey, long sinceMs)
    {
        var fault = await takeAsync(JournalCall.Key, PoolName.Global);
        if (fault is Fault.None or Fault.ThrowAfter)
        {
            await inner.RecordKeyAsync(publicKey, sinceMs);
        }

        if (fault is not Fault.None)
        {
            throw new IOException("the key may be recorded or not");
        }
    }

    public ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ReadKeysAsync() => inner.ReadKeysAsync();

    public ValueTask<long> MeasureAsync() => inner.MeasureAsync();
}
