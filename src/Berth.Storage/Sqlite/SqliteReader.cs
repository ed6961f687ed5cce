using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Storage.Sqlite;

/// <summary>A connection that reads, with its statements prepared. It sees what is committed and waits for no writer.</summary>
internal sealed class SqliteReader : IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _license;
    private readonly SqliteStatement _pools;
    private readonly SqliteStatement _pool;
    private readonly SqliteStatement _records;
    private readonly SqliteStatement _denials;
    private readonly SqliteStatement _denialSums;
    private HistoryReads? _history;

    public SqliteReader(string path)
    {
        _database = SqliteDatabase.Open(path, SqliteAccess.ReadOnly);
        _license = _database.Prepare("""
            SELECT pools.name, licenses.key, licenses.file FROM licenses JOIN pools ON pools.id = licenses.pool_id WHERE licenses.id = ?1
            """);
        _pools = _database.Prepare("SELECT name FROM pools WHERE name > ?1 ORDER BY name LIMIT ?2");
        _pool = _database.Prepare("SELECT id, version, base_version FROM pools WHERE name = ?1");

        // The record that holds the version itself may begin before it: the search starts at that one.
        _records = _database.Prepare("""
            SELECT position & 0xffffffffff, count, bytes, hash FROM events
            WHERE position >= coalesce(
                    (SELECT max(position) FROM events WHERE position >= ?1 << 40 AND position <= (?1 << 40 | ?2)), ?1 << 40)
              AND position < (?1 + 1) << 40
              AND (position & 0xffffffffff) + count - 1 > ?2
            ORDER BY position LIMIT ?3
            """);
        _denials = _database.Prepare("""
            SELECT reason, node, count, first, last FROM denials JOIN pools ON pools.id = denials.pool_id
            WHERE pools.name = ?1 AND (last < ?3 OR (last = ?3 AND (node, reason) > (?4, ?5)))
            ORDER BY last DESC, node, reason LIMIT ?2
            """);
        _denialSums = _database.Prepare("""
            SELECT reason, sum(count), count(*), min(first), max(last) FROM denials JOIN pools ON pools.id = denials.pool_id
            WHERE pools.name = ?1 GROUP BY reason ORDER BY reason
            """);
    }

    public LicenseRow? License(LicenseId id)
    {
        if (!_license.Bind(1, id.Value).Step())
        {
            return null;
        }

        var row = new LicenseRow(id, new PoolName(_license.Text(0)), _license.Bytes(2), _license.Text(1));
        _license.Reset();
        return row;
    }

    public IReadOnlyList<PoolName> Pools(PoolName? after, int limit)
    {
        var found = new List<PoolName>();
        _pools.Bind(1, after?.Value ?? string.Empty).Bind(2, limit);
        while (_pools.Step())
        {
            found.Add(new PoolName(_pools.Text(0)));
        }

        return found;
    }

    public IReadOnlyList<JournalRecord> Records(PoolName pool, long version, int limit)
    {
        var found = new List<JournalRecord>();
        if (Pool(pool) is not { } head)
        {
            return found;
        }

        _records.Bind(1, head.Id).Bind(2, Math.Max(version, head.Base)).Bind(3, limit);
        while (_records.Step())
        {
            found.Add(Record(_records.Bytes(2)));
        }

        return found;
    }

    public IReadOnlyList<DenialCount> Denials(PoolName pool, DenialPlace? after, int limit)
    {
        var found = new List<DenialCount>();
        _denials.Bind(1, pool.Value).Bind(2, limit)
            .Bind(3, after?.LastMs ?? long.MaxValue).Bind(4, after?.Node.Value ?? string.Empty).Bind(5, after?.Reason ?? string.Empty);
        while (_denials.Step())
        {
            found.Add(new DenialCount(
                pool, _denials.Text(0), new Fingerprint(_denials.Text(1)), _denials.Number(2), _denials.Number(3), _denials.Number(4)));
        }

        return found;
    }

    public IReadOnlyList<DenialSum> DenialSums(PoolName pool)
    {
        var found = new List<DenialSum>();
        _denialSums.Bind(1, pool.Value);
        while (_denialSums.Step())
        {
            found.Add(new DenialSum(
                _denialSums.Text(0), _denialSums.Number(1), _denialSums.Number(2), _denialSums.Number(3), _denialSums.Number(4)));
        }

        return found;
    }

    /// <summary>How far the database has come.</summary>
    public StorePosition Position() => SqliteSchema.Position(_database);

    /// <summary>Replays what is needed to be current, as it stands at one moment. Null when there is no such pool.</summary>
    /// <returns>Whether the replay began at what the caller knows.</returns>
    public bool? Replay(PoolName pool, KnownPosition? known, Action<ReplayItem> replay)
    {
        _database.Execute("BEGIN");
        try
        {
            if (Pool(pool) is not { } head)
            {
                return null;
            }

            var start = new ReplayStart(_database, head.Id, head.Base);
            var fromKnown = known is not null && start.Knows(known, head.Version);
            var after = fromKnown ? known!.Version : start.ReplaySnapshot(replay);
            ReplayRecords(pool, head, after, replay);
            return fromKnown;
        }
        finally
        {
            _records.Reset();
            _database.Rollback();
        }
    }

    /// <summary>The base of a pool, as it stands at one moment. False: its history is complete, or there is no such pool.</summary>
    public bool ReadBase(PoolName pool, Action<SnapshotPart> read)
    {
        _database.Execute("BEGIN");
        try
        {
            return Pool(pool) is { } head
                && new ReplayStart(_database, head.Id, head.Base).ReplayBase(item => read((SnapshotPart)item));
        }
        finally
        {
            _database.Rollback();
        }
    }

    /// <summary>What audit asks, which is seldom.</summary>
    public HistoryReads History => _history ??= new HistoryReads(_database);

    public void Dispose()
    {
        SqliteStatement[] own = [_license, _pools, _pool, _records, _denials, _denialSums];
        foreach (var statement in own)
        {
            statement.Dispose();
        }

        _database.Dispose();
    }

    private void ReplayRecords(PoolName pool, (long Id, long Version, long Base) head, long after, Action<ReplayItem> replay)
    {
        _records.Bind(1, head.Id).Bind(2, after).Bind(3, long.MaxValue);
        var next = after + 1;
        byte[] buffer = [];
        while (_records.Step())
        {
            var record = Record(_records.Bytes(2, ref buffer));
            if (record.FirstVersion > next)
            {
                throw Gap(pool, next);
            }

            replay(record);
            next = record.LastVersion + 1;
        }

        if (next != head.Version + 1)
        {
            throw Gap(pool, next);
        }
    }

    private StoreException Gap(PoolName pool, long version) =>
        new($"database {_database.Path} is damaged: pool {pool} has no event {version}; restore a backup");

    private (long Id, long Version, long Base)? Pool(PoolName pool)
    {
        if (!_pool.Bind(1, pool.Value).Step())
        {
            return null;
        }

        var head = (_pool.Number(0), _pool.Number(1), _pool.Number(2));
        _pool.Reset();
        return head;
    }

    private JournalRecord Record(ReadOnlyMemory<byte> bytes) =>
        new(_records.Number(0), (int)_records.Number(1), bytes, _records.Bytes(3));
}
