using Berth.Runtime.Journal;

namespace Berth.Storage.Postgres;

/// <summary>
/// Snapshots and bases, part by part: each counts once all its parts are in. Those of one pool are written one after the other, under an
/// advisory lock that is taken after the pool's row.
/// </summary>
internal sealed class SnapshotRows(PoolHold hold)
{
    /// <summary>The first number of the advisory locks, "Brth"; the second is the pool's.</summary>
    private const int LockClass = 0x42727468;

    private const string Begin = "INSERT INTO snapshots (pool_id, base, version, hash, parts, stored) VALUES ($1, $2, $3, $4, $5, 0)";

    private const string Unused = "pool_id = $1 AND base AND version != $2";

    public async Task<Worked<AppendResult>> WriteAsync(JournalSql sql, SnapshotPart part)
    {
        if (await HoldAsync(sql) is not { } pool)
        {
            return new Worked<AppendResult>(AppendResult.Fenced, Commits: false);
        }

        if (part.Version > pool.Version)
        {
            return No($"a snapshot at version {part.Version} is ahead of the pool, which is at {pool.Version}");
        }

        if (part.Index == 0)
        {
            await DropAsync(sql, "pool_id = $1 AND NOT base AND stored < parts AND $2 = 0", pool.Id, 0L);
            await sql.RunAsync(Begin, pool.Id, false, part.Version, part.Hash.ToArray(), part.Count);
        }

        if (await StoreAsync(sql, pool.Id, isBase: false, part) is not { } id)
        {
            return No($"part {part.Index} of a snapshot does not follow the part before it: begin again with part 0");
        }

        if (part.Index + 1 == part.Count)
        {
            await DropAsync(sql, "pool_id = $1 AND NOT base AND id < $2", pool.Id, id);
        }

        return new Worked<AppendResult>(AppendResult.Committed);
    }

    public async Task<Worked<AppendResult>> WriteBaseAsync(JournalSql sql, SnapshotPart part)
    {
        if (await HoldAsync(sql) is not { } pool)
        {
            return new Worked<AppendResult>(AppendResult.Fenced, Commits: false);
        }

        var ending = await sql.ReadAsync(row => (Last: row.GetInt64(0), Hash: row.GetFieldValue<byte[]>(1)), """
            SELECT first + count - 1, hash FROM events WHERE pool_id = $1 AND first > $2 AND first <= $3 ORDER BY first DESC LIMIT 1
            """, pool.Id, pool.Base, part.Version);
        if (ending is not [var end] || end.Last != part.Version || !end.Hash.AsSpan().SequenceEqual(part.Hash.Span))
        {
            return No($"no batch of the history ends at version {part.Version} with this hash");
        }

        if (part.Index == 0)
        {
            await DropAsync(sql, Unused, pool.Id, pool.Base);
            await sql.RunAsync(Begin, pool.Id, true, part.Version, part.Hash.ToArray(), part.Count);
        }

        return await StoreAsync(sql, pool.Id, isBase: true, part) is null
            ? No($"part {part.Index} of a base does not follow the part before it: begin again with part 0")
            : new Worked<AppendResult>(AppendResult.Committed);
    }

    public async Task<Worked<CutResult>> CutAsync(JournalSql sql, long upTo, int most)
    {
        // The stronger lock at once: two that ask for more than they have would wait for each other.
        if (await HoldAsync(sql, "NO KEY UPDATE") is not { } pool)
        {
            return new Worked<CutResult>(new CutResult(AppendOutcome.Fenced, More: false), Commits: false);
        }

        if (upTo != pool.Base || upTo == 0)
        {
            var whole = await sql.ReadAsync(
                row => row.GetInt64(0), "SELECT id FROM snapshots WHERE pool_id = $1 AND base AND version = $2 AND stored = parts", pool.Id, upTo);
            if (upTo < pool.Base || whole.Count == 0)
            {
                return new Worked<CutResult>(new CutResult(AppendOutcome.NotWritten, More: false, $"there is no base at version {upTo}"), Commits: false);
            }

            await sql.RunAsync("UPDATE pools SET base_version = $2 WHERE id = $1", pool.Id, upTo);
            await DropAsync(sql, Unused, pool.Id, upTo);
        }

        await sql.RunAsync("""
            DELETE FROM events WHERE pool_id = $1 AND first = ANY (ARRAY(
                SELECT first FROM events WHERE pool_id = $1 AND first <= $2 ORDER BY first LIMIT $3))
            """, pool.Id, upTo, most);
        var more = await sql.ReadAsync(row => row.GetInt64(0), "SELECT first FROM events WHERE pool_id = $1 AND first <= $2 LIMIT 1", pool.Id, upTo);
        return new Worked<CutResult>(new CutResult(AppendOutcome.Committed, more.Count > 0));
    }

    private static Worked<AppendResult> No(string reason) => new(AppendResult.NotWritten(reason), Commits: false);

    /// <summary>Holds the pool's row as an append does; null: it is somebody else's by now.</summary>
    private async Task<(int Id, long Base, long Version)?> HoldAsync(JournalSql sql, string strength = "SHARE")
    {
        var held = await sql.ReadAsync(
            row => row.GetInt32(0), $"SELECT id FROM pools WHERE name = $1 AND epoch = $2 AND opening = $3 FOR {strength}",
            hold.Pool.Value, hold.Epoch.Value, hold.Opening.Value);
        if (held is not [var id])
        {
            return null;
        }

        await sql.ReadAsync(_ => 0, "SELECT pg_advisory_xact_lock($1, $2)", LockClass, id);
        var pool = await sql.ReadAsync(row => (id, row.GetInt64(0), row.GetInt64(1)), """
            SELECT base_version, coalesce(
                (SELECT first + count - 1 FROM events WHERE pool_id = $1 ORDER BY first DESC LIMIT 1), base_version)
            FROM pools WHERE id = $1
            """, id);
        return pool[0];
    }

    private static async Task<long?> StoreAsync(JournalSql sql, int pool, bool isBase, SnapshotPart part)
    {
        var unfinished = await sql.ReadAsync(row => row.GetInt64(0), """
            SELECT id FROM snapshots
            WHERE pool_id = $1 AND base = $2 AND version = $3 AND hash = $4 AND parts = $5 AND stored = $6 AND stored < parts
            """, pool, isBase, part.Version, part.Hash.ToArray(), part.Count, part.Index);
        if (unfinished is not [var id])
        {
            return null;
        }

        await sql.RunAsync("INSERT INTO snapshot_parts (snapshot_id, part, bytes) VALUES ($1, $2, $3)", id, part.Index, part.Bytes.ToArray());
        await sql.RunAsync("UPDATE snapshots SET stored = $2 WHERE id = $1", id, part.Index + 1);
        return id;
    }

    private static Task DropAsync(JournalSql sql, string which, int pool, long number) => sql.RunAsync($"""
        WITH gone AS (DELETE FROM snapshots WHERE {which} RETURNING id)
        DELETE FROM snapshot_parts WHERE snapshot_id IN (SELECT id FROM gone)
        """, pool, number);
}
