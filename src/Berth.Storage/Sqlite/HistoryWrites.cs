using Berth.Runtime.Journal;

namespace Berth.Storage.Sqlite;

/// <summary>Bases, cuts, checkpoints and keys. Each method runs inside a savepoint that its caller holds.</summary>
internal sealed class HistoryWrites(SqliteDatabase database) : IDisposable
{
    private const string Unused =
        "SELECT id FROM snapshots WHERE pool_id = ?1 AND base = 1 AND version != (SELECT base_version FROM pools WHERE id = ?1)";

    /// <summary>Run a few times an hour at the most; prepared when they are first needed.</summary>
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);

    public AppendResult StoreBase(long poolId, SnapshotPart part)
    {
        if (!EndsBatch(poolId, part))
        {
            return AppendResult.NotWritten($"no batch of the history ends at version {part.Version} with this hash");
        }

        if (part.Index == 0)
        {
            DropUnused(poolId);
            On("INSERT INTO snapshots (pool_id, version, hash, parts, stored, base) VALUES (?1, ?2, ?3, ?4, 0, 1)")
                .Bind(1, poolId).Bind(2, part.Version).Bind(3, part.Hash.Span).Bind(4, part.Count).Run();
        }

        var unfinished = On("""
            SELECT id FROM snapshots WHERE pool_id = ?1 AND base = 1 AND version = ?2 AND parts = ?3 AND stored = ?4 AND stored < parts
            """);
        if (First(unfinished.Bind(1, poolId).Bind(2, part.Version).Bind(3, part.Count).Bind(4, part.Index)) is not { } id)
        {
            return AppendResult.NotWritten($"part {part.Index} of a base does not follow the part before it: begin again with part 0");
        }

        On("INSERT INTO snapshot_parts (snapshot_id, part, bytes) VALUES (?1, ?2, ?3)")
            .Bind(1, id).Bind(2, part.Index).Bind(3, part.Bytes.Span).Run();
        On("UPDATE snapshots SET stored = ?2 WHERE id = ?1").Bind(1, id).Bind(2, part.Index + 1).Run();
        return AppendResult.Committed;
    }

    public CutResult Cut(long poolId, long upTo, int most)
    {
        var inUse = First(On("SELECT base_version FROM pools WHERE id = ?1").Bind(1, poolId)) ?? 0;
        if (upTo != inUse || upTo == 0)
        {
            var whole = On("SELECT id FROM snapshots WHERE pool_id = ?1 AND base = 1 AND version = ?2 AND stored = parts");
            if (upTo < inUse || First(whole.Bind(1, poolId).Bind(2, upTo)) is null)
            {
                return new CutResult(AppendOutcome.NotWritten, More: false, $"there is no base at version {upTo}");
            }

            On("UPDATE pools SET base_version = ?2 WHERE id = ?1").Bind(1, poolId).Bind(2, upTo).Run();
            DropUnused(poolId);
        }

        On("""
            DELETE FROM events WHERE position IN (SELECT position FROM events
                WHERE position > ?1 << 40 AND position <= (?1 << 40 | ?2) ORDER BY position LIMIT ?3)
            """).Bind(1, poolId).Bind(2, upTo).Bind(3, most).Run();
        var more = On("SELECT 1 FROM events WHERE position > ?1 << 40 AND position <= (?1 << 40 | ?2) LIMIT 1");
        return new CutResult(AppendOutcome.Committed, First(more.Bind(1, poolId).Bind(2, upTo)) is not null);
    }

    public bool AppendCheckpoint(CheckpointRow row)
    {
        var last = First(On("SELECT coalesce(max(number), 0) FROM checkpoints"));
        if (row.Number != last + 1)
        {
            return false;
        }

        On("INSERT INTO checkpoints (number, time, bytes, signature) VALUES (?1, ?2, ?3, ?4)")
            .Bind(1, row.Number).Bind(2, row.TimeMs).Bind(3, row.Bytes.Span).Bind(4, row.Signature.Span).Run();
        return true;
    }

    public int ForgetCheckpoints(long beforeMs, int keep, int most)
    {
        // From the first on and up to the first that stays: what is left has no gap, whatever the wall clock did.
        On("""
            DELETE FROM checkpoints WHERE number < min(
                (SELECT min(number) FROM checkpoints) + ?3,
                (SELECT max(number) FROM checkpoints),
                max((SELECT max(number) FROM checkpoints) - ?2 + 1,
                    coalesce((SELECT number FROM checkpoints WHERE time >= ?1 ORDER BY number LIMIT 1), 9223372036854775807)))
            """).Bind(1, beforeMs).Bind(2, keep).Bind(3, most).Run();
        return database.Changes;
    }

    public void RecordKey(ReadOnlyMemory<byte> publicKey, long sinceMs) =>
        On("INSERT INTO member_keys (public_key, since) VALUES (?1, ?2) ON CONFLICT DO NOTHING").Bind(1, publicKey.Span).Bind(2, sinceMs).Run();

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }
    }

    /// <summary>Whether the base's version is the end of a record of the history, with the base's hash.</summary>
    private bool EndsBatch(long poolId, SnapshotPart part)
    {
        var ending = On("""
            SELECT (position & 0xffffffffff) + count - 1, hash FROM events
            WHERE position > (?1 << 40 | (SELECT base_version FROM pools WHERE id = ?1)) AND position <= (?1 << 40 | ?2)
            ORDER BY position DESC LIMIT 1
            """).Bind(1, poolId).Bind(2, part.Version);
        var ends = ending.Step() && ending.Number(0) == part.Version && ending.Span(1).SequenceEqual(part.Hash.Span);
        ending.Reset();
        return ends;
    }

    private void DropUnused(long poolId)
    {
        On($"DELETE FROM snapshot_parts WHERE snapshot_id IN ({Unused})").Bind(1, poolId).Run();
        On($"DELETE FROM snapshots WHERE id IN ({Unused})").Bind(1, poolId).Run();
    }

    private SqliteStatement On(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            _statements.Add(sql, statement = database.Prepare(sql));
        }

        return statement;
    }

    private static long? First(SqliteStatement statement)
    {
        long? found = statement.Step() ? statement.Number(0) : null;
        statement.Reset();
        return found;
    }
}
