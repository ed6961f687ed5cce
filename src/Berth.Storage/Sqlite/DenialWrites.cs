using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Storage.Sqlite;

/// <summary>The denial counts, which add up.</summary>
internal sealed class DenialWrites : IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _pool;
    private readonly SqliteStatement _there;
    private readonly SqliteStatement _add;
    private readonly SqliteStatement _rows;
    private readonly SqliteStatement _forget;
    private readonly SqliteStatement _left;

    public DenialWrites(SqliteDatabase database)
    {
        _pool = database.Prepare("SELECT id, denials FROM pools WHERE name = ?1");
        _there = database.Prepare("SELECT 1 FROM denials WHERE pool_id = ?1 AND node = ?2 AND reason = ?3");
        _add = database.Prepare("""
            INSERT INTO denials (pool_id, node, reason, count, first, last) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT DO UPDATE SET
                count = count + excluded.count, first = min(first, excluded.first), last = max(last, excluded.last)
            """);
        _rows = database.Prepare("UPDATE pools SET denials = ?2 WHERE id = ?1");
        _forget = database.Prepare("DELETE FROM denials WHERE pool_id = ?1 AND node = ?2 AND reason = ?3 AND last < ?4");
        _left = database.Prepare("""
            UPDATE pools SET denials = min(?2, (SELECT count(*) FROM denials WHERE pool_id = ?1)) WHERE id = ?1
            """);
        _database = database;
    }

    public void Record(IReadOnlyList<DenialCount> denials)
    {
        foreach (var ofPool in denials.GroupBy(denial => denial.Pool))
        {
            if (TryFind(ofPool.Key, out var id, out var stored))
            {
                Record(id, stored, ofPool);
            }
        }
    }

    /// <summary>Forgets counts that were found to be old, unless they have grown since. Answers how many.</summary>
    public int Forget(PoolName pool, IReadOnlyList<DenialCount> old, long beforeMs)
    {
        var gone = 0;
        if (TryFind(pool, out var id, out _))
        {
            foreach (var denial in old)
            {
                _forget.Bind(1, id).Bind(2, denial.Node.Value).Bind(3, denial.Reason).Bind(4, beforeMs).Run();
                gone += _database.Changes;
            }

            _left.Bind(1, id).Bind(2, DenialCount.MaxStored).Run();
        }

        return gone;
    }

    public void Dispose()
    {
        SqliteStatement[] own = [_pool, _there, _add, _rows, _forget, _left];
        foreach (var statement in own)
        {
            statement.Dispose();
        }
    }

    private void Record(long id, long stored, IEnumerable<DenialCount> denials)
    {
        var rows = stored;
        foreach (var denial in denials)
        {
            var node = denial.Node;
            if (!IsThere(id, denial))
            {
                if (rows < DenialCount.MaxStored)
                {
                    rows++;
                }
                else
                {
                    node = DenialCount.OtherNodes;
                }
            }

            _add.Bind(1, id).Bind(2, node.Value).Bind(3, denial.Reason)
                .Bind(4, denial.Count).Bind(5, denial.FirstMs).Bind(6, denial.LastMs).Run();
        }

        if (rows != stored)
        {
            _rows.Bind(1, id).Bind(2, rows).Run();
        }
    }

    private bool IsThere(long id, DenialCount denial)
    {
        var there = _there.Bind(1, id).Bind(2, denial.Node.Value).Bind(3, denial.Reason).Step();
        _there.Reset();
        return there;
    }

    private bool TryFind(PoolName pool, out long id, out long stored)
    {
        var there = _pool.Bind(1, pool.Value).Step();
        (id, stored) = there ? (_pool.Number(0), _pool.Number(1)) : default;
        _pool.Reset();
        return there;
    }
}
