using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Storage.Sqlite;

/// <summary>Heads, checkpoints and keys, read on a connection that another owns.</summary>
internal sealed class HistoryReads(SqliteDatabase database)
{
    private const int MostKeys = 1_000;

    public IReadOnlyList<PoolHead> Heads(PoolName? after, int limit)
    {
        using var heads = database.Prepare("""
            SELECT name, version, base_version,
                (SELECT hash FROM events WHERE position > pools.id << 40 AND position <= (pools.id << 40 | version)
                    ORDER BY position DESC LIMIT 1),
                (SELECT hash FROM snapshots WHERE pool_id = pools.id AND base = 1 AND version = base_version AND stored = parts)
            FROM pools WHERE name > ?1 ORDER BY name LIMIT ?2
            """);
        var found = new List<PoolHead>();
        heads.Bind(1, after?.Value ?? string.Empty).Bind(2, limit);
        while (heads.Step())
        {
            var start = new KnownPosition(heads.Number(2), HashIn(heads, 4));
            var head = new KnownPosition(heads.Number(1), heads.Number(1) == start.Version ? start.Hash : HashIn(heads, 3));
            found.Add(new PoolHead(new PoolName(heads.Text(0)), head, start));
        }

        return found;
    }

    public IReadOnlyList<CheckpointRow> Checkpoints(long number, int limit)
    {
        using var rows = database.Prepare("SELECT number, time, bytes, signature FROM checkpoints WHERE number > ?1 ORDER BY number LIMIT ?2");
        return Read(rows.Bind(1, number).Bind(2, limit));
    }

    public CheckpointRow? LastCheckpoint()
    {
        using var rows = database.Prepare("SELECT number, time, bytes, signature FROM checkpoints ORDER BY number DESC LIMIT 1");
        return Read(rows) is [var last] ? last : null;
    }

    public IReadOnlyList<DenialCount> OldDenials(PoolName pool, long beforeMs, int most)
    {
        using var rows = database.Prepare("""
            SELECT reason, node, count, first, last FROM denials JOIN pools ON pools.id = denials.pool_id
            WHERE pools.name = ?1 AND last < ?2 LIMIT ?3
            """);
        var found = new List<DenialCount>();
        rows.Bind(1, pool.Value).Bind(2, beforeMs).Bind(3, most);
        while (rows.Step())
        {
            var node = new Fingerprint(rows.Text(1));
            found.Add(new DenialCount(pool, rows.Text(0), node, rows.Number(2), rows.Number(3), rows.Number(4)));
        }

        return found;
    }

    public IReadOnlyList<ReadOnlyMemory<byte>> Keys()
    {
        using var rows = database.Prepare($"SELECT public_key FROM member_keys ORDER BY number LIMIT {MostKeys}");
        var found = new List<ReadOnlyMemory<byte>>();
        while (rows.Step())
        {
            found.Add(rows.Bytes(0));
        }

        return found;
    }

    public long BytesInUse() =>
        (database.Number("PRAGMA page_count") - database.Number("PRAGMA freelist_count")) * database.Number("PRAGMA page_size");

    private static List<CheckpointRow> Read(SqliteStatement rows)
    {
        var found = new List<CheckpointRow>();
        while (rows.Step())
        {
            found.Add(new CheckpointRow(rows.Number(0), rows.Number(1), rows.Bytes(2), rows.Bytes(3)));
        }

        return found;
    }

    /// <summary>The hash in a column; zeros where there is none.</summary>
    private static byte[] HashIn(SqliteStatement row, int column) =>
        row.Bytes(column) is { Length: AuditChain.HashBytes } hash ? hash : new byte[AuditChain.HashBytes];
}
