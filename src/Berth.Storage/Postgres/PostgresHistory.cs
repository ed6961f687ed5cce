using Berth.Pools;
using Berth.Runtime.Journal;
using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>The history of a journal in PostgreSQL.</summary>
internal sealed class PostgresHistory(JournalReads reads, JournalTransactions transactions, PoolQueue<ReplayRequest> replays, bool writes) : IHistory
{
    private const int MostKeys = 1_000;
    private const string CheckpointColumns = "SELECT number, time, bytes, signature FROM checkpoints";

    private JournalTransactions Transactions => writes ? transactions : throw new StoreException(PostgresJournal.OnlyRead);

    public async ValueTask<IReadOnlyList<PoolHead>> ReadHeadsAsync(PoolName? after, int limit) => await reads.ReadAsync(ReadHead, """
        SELECT p.name, p.base_version, b.hash, e.last, e.hash FROM pools p
        LEFT JOIN LATERAL (
            SELECT first + count - 1 AS last, hash FROM events
            WHERE pool_id = p.id AND first > p.base_version ORDER BY first DESC LIMIT 1) e ON true
        LEFT JOIN LATERAL (
            SELECT hash FROM snapshots WHERE pool_id = p.id AND base AND version = p.base_version AND stored = parts LIMIT 1) b ON true
        WHERE p.name > $1 ORDER BY p.name LIMIT $2
        """, after?.Value ?? string.Empty, limit);

    public async ValueTask<AppendResult> WriteBaseAsync(PoolName pool, Epoch epoch, Opening opening, SnapshotPart part) =>
        (writes ? JournalLimits.Flaw(part) : PostgresJournal.OnlyRead) is { } reason
            ? AppendResult.NotWritten(reason)
            : await transactions.RunAsync(sql => new SnapshotRows(new PoolHold(pool, epoch, opening)).WriteBaseAsync(sql, part), AppendResult.NotWritten);

    public async ValueTask<CutResult> CutAsync(PoolName pool, Epoch epoch, Opening opening, long upTo, int most)
    {
        static CutResult Refuse(string reason) => new(AppendOutcome.NotWritten, More: false, reason);
        return writes
            ? await transactions.RunAsync(sql => new SnapshotRows(new PoolHold(pool, epoch, opening)).CutAsync(sql, upTo, most), Refuse)
            : Refuse(PostgresJournal.OnlyRead);
    }

    public async ValueTask<bool> ReadBaseAsync(PoolName pool, Action<SnapshotPart> read)
    {
        var request = new ReplayRequest(pool, null, item => read((SnapshotPart)item)) { OnlyBase = true };
        if (!await replays.AddAsync(request))
        {
            request.Refuse(PostgresJournal.Closed);
        }

        return await request.Answer == true;
    }

    public async ValueTask<bool> AppendCheckpointAsync(CheckpointRow checkpoint) =>
        await Transactions.RunAsync(sql => HistoryRows.AppendCheckpointAsync(sql, checkpoint));

    public async ValueTask<IReadOnlyList<CheckpointRow>> ReadCheckpointsAsync(long number, int limit) =>
        await reads.ReadAsync(ReadCheckpoint, $"{CheckpointColumns} WHERE number > $1 ORDER BY number LIMIT $2", number, limit);

    public async ValueTask<CheckpointRow?> ReadLastCheckpointAsync() =>
        (await reads.ReadAsync(ReadCheckpoint, $"{CheckpointColumns} ORDER BY number DESC LIMIT 1")).SingleOrDefault();

    public async ValueTask<int> ForgetCheckpointsAsync(long beforeMs, int keep, int most) =>
        await Transactions.RunAsync(sql => HistoryRows.ForgetCheckpointsAsync(sql, beforeMs, keep, most));

    public async ValueTask<int> ForgetDenialsAsync(PoolName pool, long beforeMs, int most) =>
        await Transactions.RunAsync(sql => DenialRows.ForgetAsync(sql, pool, beforeMs, most));

    public async ValueTask RecordKeyAsync(ReadOnlyMemory<byte> publicKey, long sinceMs) =>
        await Transactions.RunAsync(sql => HistoryRows.RecordKeyAsync(sql, publicKey, sinceMs));

    public async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ReadKeysAsync() => await reads.ReadAsync(
        row => (ReadOnlyMemory<byte>)row.GetFieldValue<byte[]>(0), "SELECT public_key FROM member_keys ORDER BY number LIMIT $1", MostKeys);

    /// <summary>
    /// The size of the tables; of the events only as much as the rows that live take, as far as the server's statistics know: deleting them does
    /// not shrink their table.
    /// </summary>
    public async ValueTask<long> MeasureAsync() => (await reads.ReadAsync(row => row.GetInt64(0), """
        SELECT (sum(pg_total_relation_size(c.oid) * CASE WHEN c.relname != 'events' THEN 1
            ELSE least(1, coalesce(s.n_live_tup, 0) / greatest(1, s.n_live_tup + s.n_dead_tup, c.reltuples)) END))::bigint
        FROM pg_class c LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
        WHERE c.oid = ANY (ARRAY['pools', 'events', 'snapshots', 'snapshot_parts', 'licenses', 'denials', 'checkpoints']::regclass[])
        """))[0];

    private static PoolHead ReadHead(NpgsqlDataReader row)
    {
        var start = new KnownPosition(row.GetInt64(1), row.IsDBNull(2) ? new byte[AuditChain.HashBytes] : row.GetFieldValue<byte[]>(2));
        var head = row.IsDBNull(3) ? start : new KnownPosition(row.GetInt64(3), row.GetFieldValue<byte[]>(4));
        return new PoolHead(new PoolName(row.GetString(0)), head, start);
    }

    private static CheckpointRow ReadCheckpoint(NpgsqlDataReader row) =>
        new(row.GetInt64(0), row.GetInt64(1), row.GetFieldValue<byte[]>(2), row.GetFieldValue<byte[]>(3));
}
