using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Storage.Postgres;

/// <summary>The denial counts, which add up. The rows that count them are locked in the order of their pools.</summary>
internal static class DenialRows
{
    public static async Task<Worked<bool>> RecordAsync(JournalSql sql, IReadOnlyList<DenialCount> denials)
    {
        var names = denials.Select(denial => denial.Pool.Value).Distinct(StringComparer.Ordinal).ToArray();
        var pools = await sql.ReadAsync(row => (Id: row.GetInt32(0), Name: row.GetString(1), Stored: row.GetInt32(2)), """
            SELECT d.pool_id, p.name, d.stored FROM pools p JOIN denial_rows d ON d.pool_id = p.id
            WHERE p.name = ANY ($1) ORDER BY d.pool_id FOR UPDATE OF d
            """, [names]);
        foreach (var (id, name, stored) in pools)
        {
            await RecordAsync(sql, id, stored, [.. denials.Where(denial => denial.Pool.Value == name)]);
        }

        return new Worked<bool>(true);
    }

    public static async Task<Worked<int>> ForgetAsync(JournalSql sql, PoolName pool, long beforeMs, int most)
    {
        var pools = await sql.ReadAsync(
            row => row.GetInt32(0), "SELECT d.pool_id FROM pools p JOIN denial_rows d ON d.pool_id = p.id WHERE p.name = $1 FOR UPDATE OF d", pool.Value);
        if (pools is not [var id])
        {
            return new Worked<int>(0);
        }

        var gone = await sql.RunAsync("""
            DELETE FROM denials WHERE ctid = ANY (ARRAY(SELECT ctid FROM denials WHERE pool_id = $1 AND last < $2 LIMIT $3))
            """, id, beforeMs, most);
        if (gone > 0)
        {
            await sql.RunAsync(
                "UPDATE denial_rows SET stored = least($2, (SELECT count(*) FROM denials WHERE pool_id = $1)) WHERE pool_id = $1", id, DenialCount.MaxStored);
        }

        return new Worked<int>(gone);
    }

    private static async Task RecordAsync(JournalSql sql, int pool, int stored, IReadOnlyList<DenialCount> denials)
    {
        // LIMIT keeps the server from joining: it would read all rows of the pool, and does so where it knows of none yet.
        var there = (await sql.ReadAsync(row => (row.GetString(0), row.GetString(1)), """
            SELECT n.node, n.reason FROM unnest($2, $3) AS n (node, reason)
            CROSS JOIN LATERAL (SELECT FROM denials d WHERE d.pool_id = $1 AND d.node = n.node AND d.reason = n.reason LIMIT 1) there
            """, pool, Each(denials, denial => denial.Node.Value), Each(denials, denial => denial.Reason))).ToHashSet();

        // A row is written once by a statement, so what belongs together is added up before.
        var counts = new Dictionary<(string Node, string Reason), DenialCount>();
        var rows = stored;
        foreach (var denial in denials)
        {
            var key = (Node: denial.Node.Value, denial.Reason);
            if (!there.Contains(key) && !counts.ContainsKey(key))
            {
                if (rows < DenialCount.MaxStored)
                {
                    rows++;
                }
                else
                {
                    key.Node = DenialCount.OtherNodes.Value;
                }
            }

            counts[key] = counts.TryGetValue(key, out var before) ? before.Plus(denial) : denial;
        }

        await WriteAsync(sql, pool, counts);
        if (rows != stored)
        {
            await sql.RunAsync("UPDATE denial_rows SET stored = $2 WHERE pool_id = $1", pool, rows);
        }
    }

    private static Task<int> WriteAsync(JournalSql sql, int pool, Dictionary<(string Node, string Reason), DenialCount> counts)
    {
        var ordered = counts.ToList();
        return sql.RunAsync("""
            INSERT INTO denials AS d (pool_id, node, reason, count, first, last)
            SELECT $1, n.node, n.reason, n.count, n.first, n.last FROM unnest($2, $3, $4, $5, $6) AS n (node, reason, count, first, last)
            ON CONFLICT (pool_id, node, reason) DO UPDATE SET
                count = d.count + excluded.count, first = least(d.first, excluded.first), last = greatest(d.last, excluded.last)
            """, pool, Each(ordered, one => one.Key.Node), Each(ordered, one => one.Key.Reason), Each(ordered, one => one.Value.Count),
            Each(ordered, one => one.Value.FirstMs), Each(ordered, one => one.Value.LastMs));
    }

    private static TValue[] Each<TRow, TValue>(IReadOnlyList<TRow> rows, Func<TRow, TValue> of) => [.. rows.Select(of)];
}
