using Berth.Runtime.Journal;

namespace Berth.Storage.Postgres;

/// <summary>Checkpoints and keys, as they are written.</summary>
internal static class HistoryRows
{
    public static async Task<Worked<bool>> AppendCheckpointAsync(JournalSql sql, CheckpointRow row) => new(await sql.RunAsync("""
        INSERT INTO checkpoints (number, time, bytes, signature)
        SELECT $1, $2, $3, $4 WHERE $1 = (SELECT coalesce(max(number), 0) + 1 FROM checkpoints)
        ON CONFLICT DO NOTHING
        """, row.Number, row.TimeMs, row.Bytes.ToArray(), row.Signature.ToArray()) == 1);

    /// <summary>From the first on and up to the first that stays: what is left has no gap, whatever the wall clock did.</summary>
    public static async Task<Worked<int>> ForgetCheckpointsAsync(JournalSql sql, long beforeMs, int keep, int most) => new(await sql.RunAsync("""
        DELETE FROM checkpoints WHERE number < least(
            (SELECT min(number) FROM checkpoints) + $3,
            (SELECT max(number) FROM checkpoints),
            greatest((SELECT max(number) FROM checkpoints) - $2 + 1,
                coalesce((SELECT number FROM checkpoints WHERE time >= $1 ORDER BY number LIMIT 1), 9223372036854775807)))
        """, beforeMs, keep, most));

    public static async Task<Worked<bool>> RecordKeyAsync(JournalSql sql, ReadOnlyMemory<byte> publicKey, long sinceMs) => new(await sql.RunAsync(
        "INSERT INTO member_keys (public_key, since) VALUES ($1, $2) ON CONFLICT DO NOTHING", publicKey.ToArray(), sinceMs) >= 0);
}
