using Berth.Runtime.Journal;

namespace Berth.Storage.Sqlite;

/// <summary>How much past a database holds, told by the first and the last batch of each pool.</summary>
internal static class SqliteHistory
{
    /// <summary>Of so many pools the batches are looked at.</summary>
    private const int MostPools = 10_000;

    public static StoreHistory Read(SqliteDatabase database)
    {
        var (events, first, last) = (0L, long.MaxValue, 0L);
        using var pools = database.Prepare($"SELECT id, version FROM pools WHERE version > 0 LIMIT {MostPools}");
        using var oldest = database.Prepare(
            "SELECT position & 0xffffffffff, bytes FROM events WHERE position >= ?1 << 40 AND position < (?1 + 1) << 40 ORDER BY position LIMIT 1");
        using var newest = database.Prepare(
            "SELECT position & 0xffffffffff, bytes FROM events WHERE position >= ?1 << 40 AND position < (?1 + 1) << 40 ORDER BY position DESC LIMIT 1");
        while (pools.Step())
        {
            if (Batch(oldest, pools.Number(0)) is not { } begin || Batch(newest, pools.Number(0)) is not { } end)
            {
                continue;
            }

            events += pools.Number(1) - begin.Version + 1;
            first = Math.Min(first, begin.WallMs);
            last = Math.Max(last, end.WallMs);
        }

        var pages = database.Number("PRAGMA page_count") - database.Number("PRAGMA freelist_count");
        var licenses = database.Number("SELECT total(length(file)) FROM licenses");
        var bytes = Math.Max(0, (pages * database.Number("PRAGMA page_size")) - licenses);
        return events == 0 ? new StoreHistory(0, bytes, 0, 0) : new StoreHistory(events, bytes, first, last);
    }

    private static (long Version, long WallMs)? Batch(SqliteStatement statement, long pool)
    {
        if (!statement.Bind(1, pool).Step())
        {
            return null;
        }

        var (version, bytes) = (statement.Number(0), statement.Bytes(1));
        statement.Reset();
        foreach (var stored in new EventFrames(bytes))
        {
            return (version, EventCodec.Read(stored.Span).Stamp.WallMs);
        }

        return null;
    }
}
