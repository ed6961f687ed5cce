using Berth.Runtime.Journal;

namespace Berth.Storage.Sqlite;

/// <summary>Snapshots, part by part. One counts once all its parts are in.</summary>
internal sealed class SnapshotWrites : IDisposable
{
    private readonly SqliteStatement _dropParts;
    private readonly SqliteStatement _drop;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _unfinished;
    private readonly SqliteStatement _part;
    private readonly SqliteStatement _count;

    public SnapshotWrites(SqliteDatabase database)
    {
        // ?2: 0 drops the unfinished ones; otherwise those that are older than the snapshot of that id.
        _dropParts = database.Prepare("""
            DELETE FROM snapshot_parts WHERE snapshot_id IN
                (SELECT id FROM snapshots WHERE pool_id = ?1 AND base = 0 AND CASE ?2 WHEN 0 THEN stored < parts ELSE id < ?2 END)
            """);
        _drop = database.Prepare("""
            DELETE FROM snapshots WHERE pool_id = ?1 AND base = 0 AND CASE ?2 WHEN 0 THEN stored < parts ELSE id < ?2 END
            """);
        _begin = database.Prepare("INSERT INTO snapshots (pool_id, version, hash, parts, stored) VALUES (?1, ?2, ?3, ?4, 0)");
        _unfinished = database.Prepare("SELECT id, version, parts, stored, hash FROM snapshots WHERE pool_id = ?1 AND base = 0 AND stored < parts");
        _part = database.Prepare("INSERT INTO snapshot_parts (snapshot_id, part, bytes) VALUES (?1, ?2, ?3)");
        _count = database.Prepare("UPDATE snapshots SET stored = ?2 WHERE id = ?1");
    }

    public AppendResult Store(long poolId, long poolVersion, SnapshotPart part)
    {
        if (part.Version > poolVersion)
        {
            return AppendResult.NotWritten($"a snapshot at version {part.Version} is ahead of the pool, which is at {poolVersion}");
        }

        if (part.Index == 0)
        {
            Drop(poolId, 0);
            _begin.Bind(1, poolId).Bind(2, part.Version).Bind(3, part.Hash.Span).Bind(4, part.Count).Run();
        }

        if (Unfinished(poolId, part) is not { } id)
        {
            return AppendResult.NotWritten($"part {part.Index} of a snapshot does not follow the part before it: begin again with part 0");
        }

        _part.Bind(1, id).Bind(2, part.Index).Bind(3, part.Bytes.Span).Run();
        _count.Bind(1, id).Bind(2, part.Index + 1).Run();
        if (part.Index + 1 == part.Count)
        {
            Drop(poolId, id);
        }

        return AppendResult.Committed;
    }

    public void Dispose()
    {
        SqliteStatement[] own = [_dropParts, _drop, _begin, _unfinished, _part, _count];
        foreach (var statement in own)
        {
            statement.Dispose();
        }
    }

    private long? Unfinished(long poolId, SnapshotPart part)
    {
        long? found = null;
        if (_unfinished.Bind(1, poolId).Step())
        {
            var fits = _unfinished.Number(1) == part.Version && _unfinished.Number(2) == part.Count
                && _unfinished.Number(3) == part.Index && _unfinished.Span(4).SequenceEqual(part.Hash.Span);
            found = fits ? _unfinished.Number(0) : null;
            _unfinished.Reset();
        }

        return found;
    }

    private void Drop(long poolId, long newest)
    {
        _dropParts.Bind(1, poolId).Bind(2, newest).Run();
        _drop.Bind(1, poolId).Bind(2, newest).Run();
    }
}
