using System.Runtime.InteropServices;
using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Storage.Sqlite;

/// <summary>The statements of the writer, prepared once. Each method runs inside a savepoint that its caller holds.</summary>
internal sealed class SqliteWrites : IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _savepoint;
    private readonly SqliteStatement _release;
    private readonly SqliteStatement _undo;
    private readonly SqliteStatement _incarnation;
    private readonly SqliteStatement _create;
    private readonly SqliteStatement _head;
    private readonly SqliteStatement _raise;
    private readonly SqliteStatement _advance;
    private readonly SqliteStatement _event;
    private readonly LicenseWrites _licenses;
    private readonly SnapshotWrites _snapshots;
    private readonly DenialWrites _denials;
    private readonly HistoryWrites _history;

    public SqliteWrites(SqliteDatabase database)
    {
        _database = database;
        _begin = database.Prepare("BEGIN IMMEDIATE");
        _commit = database.Prepare("COMMIT");
        _savepoint = database.Prepare("SAVEPOINT request");
        _release = database.Prepare("RELEASE request");
        _undo = database.Prepare("ROLLBACK TO request");
        _incarnation = database.Prepare("SELECT incarnation FROM meta");
        _create = database.Prepare("""
            INSERT INTO pools (name, epoch, opening, version, created) VALUES (?1, 0, 0, 0, ?2) ON CONFLICT DO NOTHING
            """);
        _head = database.Prepare("SELECT id, epoch, opening, version FROM pools WHERE name = ?1");
        _raise = database.Prepare("UPDATE pools SET epoch = ?2, opening = ?3 WHERE id = ?1");
        _advance = database.Prepare("UPDATE pools SET version = ?2 WHERE id = ?1");
        _event = database.Prepare("INSERT INTO events (position, count, hash, bytes) VALUES (?1 << 40 | ?2, ?3, ?4, ?5)");
        _licenses = new LicenseWrites(database);
        _snapshots = new SnapshotWrites(database);
        _denials = new DenialWrites(database);
        _history = new HistoryWrites(database);
    }

    /// <summary>Begins a transaction and answers the file's incarnation.</summary>
    public long Begin()
    {
        _begin.Run();
        var incarnation = _incarnation.Step() ? _incarnation.Number(0) : 0;
        _incarnation.Reset();
        return incarnation;
    }

    public void Commit() => _commit.Run();

    public void Savepoint() => _savepoint.Run();

    public void Release() => _release.Run();

    /// <summary>Undoes what was written since the savepoint, which is over then.</summary>
    public void Undo()
    {
        _undo.Run();
        _release.Run();
    }

    public bool CreatePool(PoolName pool, long createdSeconds)
    {
        _create.Bind(1, pool.Value).Bind(2, createdSeconds).Run();
        return _database.Changes == 1;
    }

    public OpenResult RaiseFence(PoolName pool, Epoch epoch)
    {
        if (!TryFind(pool, out var head))
        {
            return new OpenResult(OpenOutcome.NoSuchPool, default, FromKnown: false);
        }

        if (head.Epoch.Value > epoch.Value)
        {
            return new OpenResult(OpenOutcome.Fenced, default, FromKnown: false);
        }

        var opening = new Opening(head.Opening.Value + 1);
        _raise.Bind(1, head.Id).Bind(2, epoch.Value).Bind(3, opening.Value).Run();
        return new OpenResult(OpenOutcome.Opened, opening, FromKnown: false);
    }

    public AppendResult Append(in Hold hold, long expectedVersion, JournalBatch batch)
    {
        if (!TryFind(hold.Pool, out var head) || !head.IsHeldBy(hold) || head.Version != expectedVersion)
        {
            return AppendResult.Fenced;
        }

        if (_licenses.Store(head.Id, batch) is { } refusal)
        {
            return refusal;
        }

        _event.Bind(1, head.Id).Bind(2, expectedVersion + 1).Bind(3, batch.Count).Bind(4, batch.Hash.Span).Bind(5, batch.Bytes.Span).Run();
        _advance.Bind(1, head.Id).Bind(2, expectedVersion + batch.Count).Run();
        return AppendResult.Committed;
    }

    public AppendResult WriteSnapshot(in Hold hold, SnapshotPart part) =>
        TryFind(hold.Pool, out var head) && head.IsHeldBy(hold) ? _snapshots.Store(head.Id, head.Version, part) : AppendResult.Fenced;

    public AppendResult WriteBase(in Hold hold, SnapshotPart part) =>
        TryFind(hold.Pool, out var head) && head.IsHeldBy(hold) ? _history.StoreBase(head.Id, part) : AppendResult.Fenced;

    public CutResult Cut(in Hold hold, long upTo, int most) =>
        TryFind(hold.Pool, out var head) && head.IsHeldBy(hold)
            ? _history.Cut(head.Id, upTo, most)
            : new CutResult(AppendOutcome.Fenced, More: false);

    public HistoryWrites History => _history;

    public int ForgetDenials(PoolName pool, IReadOnlyList<DenialCount> old, long beforeMs) => _denials.Forget(pool, old, beforeMs);

    /// <summary>Seats are given from now on.</summary>
    public void EndWithholding() => _database.Execute("UPDATE meta SET withheld = NULL, withheld_since = NULL");

    public void RecordDenials(IReadOnlyList<DenialCount> denials) => _denials.Record(denials);

    public void Dispose()
    {
        SqliteStatement[] own = [_begin, _commit, _savepoint, _release, _undo, _incarnation, _create, _head, _raise, _advance, _event];
        foreach (var statement in own)
        {
            statement.Dispose();
        }

        _licenses.Dispose();
        _snapshots.Dispose();
        _denials.Dispose();
        _history.Dispose();
    }

    private bool TryFind(PoolName pool, out Head head)
    {
        if (!_head.Bind(1, pool.Value).Step())
        {
            head = default;
            return false;
        }

        head = new Head(_head.Number(0), new Epoch(_head.Number(1)), new Opening(_head.Number(2)), _head.Number(3));
        _head.Reset();
        return true;
    }

    /// <summary>What stands in the row of a pool.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Head(long Id, Epoch Epoch, Opening Opening, long Version)
    {
        public bool IsHeldBy(in Hold hold) => Epoch == hold.Epoch && Opening == hold.Opening;
    }
}
