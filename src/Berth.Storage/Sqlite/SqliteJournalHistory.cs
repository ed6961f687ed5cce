using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Storage.Sqlite;

/// <summary>The history of a journal in a SQLite file. Without a writer it can only be read.</summary>
internal sealed class SqliteJournalHistory(SqliteReaders readers, SqliteWriter? writer) : IHistory
{
    private SqliteWriter Writer => writer ?? throw new StoreException(SqliteJournal.OnlyRead);

    public ValueTask<IReadOnlyList<PoolHead>> ReadHeadsAsync(PoolName? after, int limit) =>
        readers.ReadLongAsync((after, limit), static (reader, what) => reader.History.Heads(what.after, what.limit));

    public ValueTask<AppendResult> WriteBaseAsync(PoolName pool, Epoch epoch, Opening opening, SnapshotPart part) =>
        (writer is null ? SqliteJournal.OnlyRead : JournalLimits.Flaw(part)) is { } reason
            ? new(AppendResult.NotWritten(reason))
            : writer!.SubmitAsync(new BaseRequest(new Hold(pool, epoch, opening), part));

    public ValueTask<CutResult> CutAsync(PoolName pool, Epoch epoch, Opening opening, long upTo, int most) =>
        writer is null
            ? new(new CutResult(AppendOutcome.NotWritten, More: false, SqliteJournal.OnlyRead))
            : writer.SubmitAsync(new CutRequest(new Hold(pool, epoch, opening), upTo, most));

    public ValueTask<bool> ReadBaseAsync(PoolName pool, Action<SnapshotPart> read) =>
        readers.ReadLongAsync((pool, read), static (reader, what) => reader.ReadBase(what.pool, what.read));

    public ValueTask<bool> AppendCheckpointAsync(CheckpointRow checkpoint) =>
        Writer.SubmitAsync(new HistoryRequest<bool>(checkpoint.Bytes.Length, writes => writes.History.AppendCheckpoint(checkpoint)));

    public ValueTask<IReadOnlyList<CheckpointRow>> ReadCheckpointsAsync(long number, int limit) =>
        readers.ReadLongAsync((number, limit), static (reader, what) => reader.History.Checkpoints(what.number, what.limit));

    public ValueTask<CheckpointRow?> ReadLastCheckpointAsync() => readers.ReadLongAsync(0, static (reader, _) => reader.History.LastCheckpoint());

    public ValueTask<int> ForgetCheckpointsAsync(long beforeMs, int keep, int most) =>
        Writer.SubmitAsync(new HistoryRequest<int>(0, writes => writes.History.ForgetCheckpoints(beforeMs, keep, most)));

    public async ValueTask<int> ForgetDenialsAsync(PoolName pool, long beforeMs, int most)
    {
        // They are looked for beside the writer, which then only goes to what was found.
        var old = await readers.ReadLongAsync(
            (pool, beforeMs, most), static (reader, what) => reader.History.OldDenials(what.pool, what.beforeMs, what.most));
        return old.Count == 0 ? 0 : await Writer.SubmitAsync(new HistoryRequest<int>(0, writes => writes.ForgetDenials(pool, old, beforeMs)));
    }

    public async ValueTask RecordKeyAsync(ReadOnlyMemory<byte> publicKey, long sinceMs) =>
        await Writer.SubmitAsync(new HistoryRequest<bool>(publicKey.Length, writes =>
        {
            writes.History.RecordKey(publicKey, sinceMs);
            return true;
        }));

    public ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ReadKeysAsync() => readers.ReadLongAsync(0, static (reader, _) => reader.History.Keys());

    public ValueTask<long> MeasureAsync() => readers.ReadLongAsync(0, static (reader, _) => reader.History.BytesInUse());
}
