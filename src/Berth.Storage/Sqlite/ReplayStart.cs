using Berth.Runtime.Journal;

namespace Berth.Storage.Sqlite;

/// <summary>Where the replay of a pool begins: at what the caller knows, at the newest snapshot or base, or at nothing.</summary>
internal sealed class ReplayStart(SqliteDatabase database, long poolId, long baseVersion)
{
    /// <summary>Whether the chain hash at the known version is the stored one, and everything after it is still there.</summary>
    public bool Knows(KnownPosition known, long poolVersion)
    {
        if (known.Version == 0)
        {
            return IsZero(known.Hash.Span) && baseVersion == 0 && (poolVersion == 0 || HasFirstEvent());
        }

        if (known.Version < baseVersion)
        {
            return false;
        }

        using var hashes = database.Prepare("""
            SELECT hash FROM (SELECT (position & 0xffffffffff) + count - 1 AS last, hash FROM events
                WHERE position > ?1 << 40 AND position <= (?1 << 40 | ?2) ORDER BY position DESC LIMIT 1) WHERE last = ?2
            UNION ALL SELECT hash FROM snapshots WHERE pool_id = ?1 AND version = ?2 AND stored = parts
            """);
        return hashes.Bind(1, poolId).Bind(2, known.Version).Step() && hashes.Span(0).SequenceEqual(known.Hash.Span);
    }

    /// <summary>Replays the newest finished snapshot, or the base if that is newer, and answers its version; 0: there is neither.</summary>
    public long ReplaySnapshot(Action<ReplayItem> replay)
    {
        using var newest = database.Prepare("""
            SELECT id, version, hash, parts FROM snapshots
            WHERE pool_id = ?1 AND stored = parts AND (base = 0 OR version = ?2) AND version >= ?2 ORDER BY version DESC, id DESC LIMIT 1
            """);
        return newest.Bind(1, poolId).Bind(2, baseVersion).Step() ? Replay(newest, replay)
            : baseVersion == 0 ? 0
            : throw Damaged(baseVersion, 0);
    }

    /// <summary>Replays the base that the history begins at; false: it is complete.</summary>
    public bool ReplayBase(Action<ReplayItem> replay)
    {
        using var found = database.Prepare("""
            SELECT id, version, hash, parts FROM snapshots WHERE pool_id = ?1 AND base = 1 AND version = ?2 AND stored = parts
            """);
        if (baseVersion == 0)
        {
            return false;
        }

        return found.Bind(1, poolId).Bind(2, baseVersion).Step() ? Replay(found, replay) > 0 : throw Damaged(baseVersion, 0);
    }

    private long Replay(SqliteStatement newest, Action<ReplayItem> replay)
    {

        var (id, version, hash, count) = (newest.Number(0), newest.Number(1), newest.Bytes(2), (int)newest.Number(3));
        using var parts = database.Prepare("SELECT part, bytes FROM snapshot_parts WHERE snapshot_id = ?1 ORDER BY part");
        parts.Bind(1, id);
        var next = 0;
        byte[] buffer = [];
        while (parts.Step())
        {
            replay(parts.Number(0) == next
                ? new SnapshotPart(version, hash, next, count, parts.Bytes(1, ref buffer))
                : throw Damaged(version, next));
            next++;
        }

        return next == count ? version : throw Damaged(version, next);
    }

    private static bool IsZero(ReadOnlySpan<byte> hash) => hash.Length == AuditChain.HashBytes && !hash.ContainsAnyExcept((byte)0);

    private bool HasFirstEvent()
    {
        using var first = database.Prepare("SELECT 1 FROM events WHERE position = (?1 << 40 | 1)");
        return first.Bind(1, poolId).Step();
    }

    private StoreException Damaged(long version, int part) =>
        new($"database {database.Path} is damaged: part {part} of the snapshot at {version} is missing; restore a backup");
}
