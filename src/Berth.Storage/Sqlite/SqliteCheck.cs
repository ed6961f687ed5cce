using Berth.Runtime.Journal;

namespace Berth.Storage.Sqlite;

/// <summary>
/// Whether a database is whole: its pages and tables, and of each pool that the newest stored batch continues the chain of the one
/// before it and ends at the version that the pool stands at. The whole chain is the audit's to walk.
/// </summary>
internal static class SqliteCheck
{
    private const int MostFlaws = 3;

    /// <summary>What is wrong, in words; null: nothing was found.</summary>
    public static string? Flaw(SqliteDatabase database) => PageFlaw(database) ?? HeadFlaw(database);

    /// <summary>Reads every page.</summary>
    public static string? PageFlaw(SqliteDatabase database)
    {
        var found = new List<string>();
        try
        {
            using var check = database.Prepare($"PRAGMA quick_check({MostFlaws})");
            while (check.Step())
            {
                found.Add(check.Text(0));
            }
        }
        catch (SqliteErrorException error)
        {
            return error.Message;
        }

        return found is ["ok"] ? null : string.Join("; ", found);
    }

    /// <summary>Reads the newest two batches of each pool.</summary>
    public static string? HeadFlaw(SqliteDatabase database)
    {
        using var pools = database.Prepare("SELECT id, name, version FROM pools ORDER BY id");
        using var newest = database.Prepare("""
            SELECT position & 0xffffffffff, count, hash, bytes FROM events
            WHERE position >= ?1 << 40 AND position < (?1 + 1) << 40 ORDER BY position DESC LIMIT 2
            """);
        using var snapshot = database.Prepare("SELECT hash FROM snapshots WHERE pool_id = ?1 AND version = ?2 AND stored = parts");
        while (pools.Step())
        {
            var (id, name, version) = (pools.Number(0), pools.Text(1), pools.Number(2));
            if (version > 0 && HeadFlaw(id, version, newest, snapshot) is { } flaw)
            {
                return $"pool {name}: {flaw}";
            }
        }

        return null;
    }

    private static string? HeadFlaw(long pool, long version, SqliteStatement newest, SqliteStatement snapshot)
    {
        var records = new List<JournalRecord>();
        newest.Bind(1, pool);
        while (newest.Step())
        {
            records.Add(new JournalRecord(newest.Number(0), (int)newest.Number(1), newest.Bytes(3), newest.Bytes(2)));
        }

        if (records is not [var head, ..])
        {
            // The history may be cut off up to a snapshot.
            return SnapshotHash(pool, version, snapshot) is null ? $"none of its {version} events is stored" : null;
        }

        if (head.LastVersion != version)
        {
            return $"it stands at version {version}, and the last stored event is {head.LastVersion}";
        }

        var before = head.FirstVersion == 1 ? new byte[AuditChain.HashBytes]
            : records is [_, var former] && former.LastVersion == head.FirstVersion - 1 ? former.Hash.ToArray()
            : SnapshotHash(pool, head.FirstVersion - 1, snapshot);
        return before is null || Continues(before, head) ? null : $"the chain of its events breaks before version {version}";
    }

    private static byte[]? SnapshotHash(long pool, long version, SqliteStatement snapshot)
    {
        var hash = snapshot.Bind(1, pool).Bind(2, version).Step() ? snapshot.Bytes(0) : null;
        snapshot.Reset();
        return hash;
    }

    private static bool Continues(byte[] hash, JournalRecord record)
    {
        try
        {
            AuditChain.ExtendOver(hash, record);
            return record.Hash.Span.SequenceEqual(hash);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
