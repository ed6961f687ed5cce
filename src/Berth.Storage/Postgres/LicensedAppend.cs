using System.Security.Cryptography;
using System.Text;
using Berth.Runtime.Journal;
using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>
/// A batch with license rows, in a transaction of its own: they are large and seldom, and one that is there already must not hold up other
/// pools. Everything is copied, as <see cref="AppendRequest"/> says why.
/// </summary>
internal sealed class LicensedAppend(PoolHold hold, long expectedVersion, JournalBatch batch)
{
    private readonly AppendRequest _append = new(hold, expectedVersion, batch);
    private readonly object[][] _added = [.. batch.AddedLicenses.Select(Values)];
    private readonly object[][] _replaced = [.. batch.ReplacedLicenses.Select(Values)];
    private readonly string[] _dropped = [.. batch.DroppedLicenses.Select(license => license.Value)];

    public async Task<Worked<AppendResult>> WriteAsync(JournalSql sql)
    {
        var pool = await sql.ReadAsync(row => row.GetInt32(0), $"""
            SELECT p.id FROM (VALUES ($1::text, $2::bigint, $3::bigint, $4::bigint)) AS b (pool, epoch, opening, expected)
            JOIN pools p ON p.name = b.pool
            WHERE p.epoch = b.epoch AND p.opening = b.opening AND {AppendStatement.Follows}
            FOR SHARE OF p
            """, hold.Pool.Value, hold.Epoch.Value, hold.Opening.Value, expectedVersion);
        if (pool is not [var id] || !await WriteRecordAsync(sql, id))
        {
            return new Worked<AppendResult>(AppendResult.Fenced, Commits: false);
        }

        if (await WriteLicensesAsync(sql, id) is { } refusal)
        {
            return new Worked<AppendResult>(refusal, Commits: false);
        }

        if (_dropped.Length > 0)
        {
            await sql.RunAsync("DELETE FROM licenses WHERE pool_id = $1 AND id = ANY ($2)", id, _dropped);
        }

        return new Worked<AppendResult>(AppendResult.Committed);
    }

    private static object[] Values(LicenseRow row)
    {
        var key = Encoding.UTF8.GetBytes(row.Key);
        return [row.Id.Value, SHA256.HashData(key), SHA256.HashData(row.File.Span), key, row.File.ToArray()];
    }

    private async Task<bool> WriteRecordAsync(JournalSql sql, int pool) =>
        await sql.RunAsync(
            "INSERT INTO events (pool_id, first, count, hash, bytes) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            pool, expectedVersion + 1, _append.Count, _append.Hash, _append.Content) == 1;

    private async Task<AppendResult?> WriteLicensesAsync(JournalSql sql, int pool)
    {
        var refused = _added.Length == 0 ? -1 : await sql.RunEachAsync("""
            INSERT INTO licenses (pool_id, id, key_hash, file_hash, key, file) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
            """, [.. _added.Select(values => (object[])[pool, .. values])]);
        if (refused >= 0)
        {
            return await RefusalAsync(sql, _added[refused]);
        }

        foreach (var values in _replaced)
        {
            if (await ReplaceAsync(sql, pool, values) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private static async Task<AppendResult?> ReplaceAsync(JournalSql sql, int pool, object[] values)
    {
        // A row that another transaction is just adding is not seen here: the unique index finds it, and undoes the transaction to here.
        await sql.RunAsync("SAVEPOINT replace");
        try
        {
            var replaced = await sql.RunAsync(
                "UPDATE licenses SET key_hash = $3, file_hash = $4, key = $5, file = $6 WHERE pool_id = $1 AND id = $2", [pool, .. values]);
            return replaced == 1 ? null : await RefusalAsync(sql, values);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            await sql.RunAsync("ROLLBACK TO replace");
            return await RefusalAsync(sql, values);
        }
    }

    private static async Task<AppendResult> RefusalAsync(JournalSql sql, object[] values)
    {
        // Found by one unique index each: a condition with OR would not use them.
        var there = await sql.ReadAsync(row => (What: row.GetString(1), Pool: row.GetString(0)), """
            SELECT p.name, f.what FROM (
                SELECT 1 AS rank, 'license' AS what, pool_id FROM licenses WHERE id = $1
                UNION ALL SELECT 2, 'the key of license', pool_id FROM licenses WHERE key_hash = $2
                UNION ALL SELECT 3, 'the file of license', pool_id FROM licenses WHERE file_hash = $3) f
            JOIN pools p ON p.id = f.pool_id ORDER BY f.rank LIMIT 1
            """, values[..3]);
        var (what, pool) = there is [var found] ? found : ("license", "?");
        return AppendResult.Duplicate($"{what} {values[0]} is already there, in pool {pool}");
    }
}
