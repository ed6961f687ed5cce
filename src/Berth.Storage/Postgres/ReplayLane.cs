using Berth.Runtime.Journal;
using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>
/// A connection that replays the pools that wait, many with each statement: after a takeover there are thousands, most of them small. What is
/// read of them is of one moment.
/// </summary>
internal sealed class ReplayLane(JournalSessions sessions, PoolQueue<ReplayRequest> queue)
{
    private const string Starts = """
        SELECT b.n::integer, s.id, s.version, s.hash, s.parts,
            coalesce((SELECT first + count - 1 FROM events WHERE pool_id = p.id ORDER BY first DESC LIMIT 1), p.base_version),
            CASE WHEN b.known < p.base_version THEN false
                WHEN b.known = 0 THEN b.hash = decode(repeat('00', 32), 'hex')
                ELSE EXISTS (SELECT 1 FROM (SELECT first, count, hash FROM events
                        WHERE pool_id = p.id AND first <= b.known ORDER BY first DESC LIMIT 1) e
                    WHERE e.first + e.count - 1 = b.known AND e.hash = b.hash)
                OR EXISTS (SELECT 1 FROM snapshots k WHERE k.pool_id = p.id AND k.version = b.known AND k.hash = b.hash AND k.stored = k.parts)
            END, p.base_version
        FROM unnest($1, $2, $3, $4) WITH ORDINALITY AS b (pool, known, hash, base, n)
        JOIN pools p ON p.name = b.pool
        LEFT JOIN LATERAL (
            SELECT id, version, hash, parts FROM snapshots
            WHERE pool_id = p.id AND stored = parts AND version >= p.base_version
                AND CASE WHEN base THEN version = p.base_version ELSE NOT b.base END
            ORDER BY version DESC, id DESC LIMIT 1) s ON true
        ORDER BY b.n
        """;

    /// <summary>The record that holds the version itself may begin before it: the search starts at that one.</summary>
    private const string Items = """
        SELECT b.n::integer, i.part, i.first, i.count, i.hash, i.bytes
        FROM unnest($1, $2, $3) WITH ORDINALITY AS b (pool, snapshot, after, n)
        JOIN pools p ON p.name = b.pool
        CROSS JOIN LATERAL (
            (SELECT part, NULL::bigint AS first, NULL::integer AS count, NULL::bytea AS hash, bytes
            FROM snapshot_parts WHERE snapshot_id = b.snapshot ORDER BY part)
            UNION ALL
            (SELECT NULL, first, count, hash, bytes FROM events
            WHERE pool_id = p.id AND first + count - 1 > b.after AND first >= coalesce(
                (SELECT first FROM events WHERE pool_id = p.id AND first <= b.after ORDER BY first DESC LIMIT 1), 0)
            ORDER BY first)) i
        ORDER BY b.n
        """;

    private JournalSession? _session;

    /// <summary>Runs until the queue is closed and empty.</summary>
    public async Task RunAsync()
    {
        var group = new List<ReplayRequest>();
        while (await queue.TakeAsync(group))
        {
            await ReplayAsync(group, mayRepeat: _session is not null);
        }

        await (_session?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private async Task ReplayAsync(IReadOnlyList<ReplayRequest> group, bool mayRepeat)
    {
        try
        {
            _session ??= await sessions.OpenAsync();
            await using var moment = await _session.Connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
            var begun = await BeginAsync(group);
            await ReadItemsAsync(begun);
            await moment.CommitAsync();
        }
        catch (Exception failure)
        {
            await CloseAsync();
            var left = group.Where(request => !request.IsOver).ToList();
            if (mayRepeat && failure is NpgsqlException && !left.Exists(request => request.HasBegun))
            {
                // The connection had ended since it was used last.
                await ReplayAsync(left, mayRepeat: false);
                return;
            }

            var error = new StoreException(PostgresErrors.Describe(failure), failure);
            left.ForEach(request => request.Fail(error));
        }
    }

    private async Task<List<ReplayRequest>> BeginAsync(IReadOnlyList<ReplayRequest> group)
    {
        await using var command = Command(
            Starts, Each(group, request => request.Pool.Value), Each(group, request => request.KnownVersion),
            Each(group, request => request.KnownHash), Each(group, request => request.OnlyBase));
        var begun = new List<ReplayRequest>();
        await using (var rows = await command.ExecuteReaderAsync())
        {
            while (await rows.ReadAsync())
            {
                var request = group[rows.GetInt32(0) - 1];
                var snapshot = rows.IsDBNull(1)
                    ? null
                    : new SnapshotStart(rows.GetInt64(1), rows.GetInt64(2), rows.GetFieldValue<byte[]>(3), rows.GetInt32(4));
                request.Begin(rows.GetBoolean(6), snapshot, rows.GetInt64(5), rows.GetInt64(7));
                begun.Add(request);
            }
        }

        foreach (var missing in group.Except(begun))
        {
            missing.EndMissing();
        }

        return begun;
    }

    private async Task ReadItemsAsync(IReadOnlyList<ReplayRequest> begun)
    {
        await using var command = Command(
            Items, Each(begun, request => request.Pool.Value), Each(begun, request => request.SnapshotId), Each(begun, request => request.After));
        await using var rows = await command.ExecuteReaderAsync();
        var at = 0;
        while (await rows.ReadAsync())
        {
            var of = rows.GetInt32(0) - 1;
            for (; at < of; at++)
            {
                Tell(begun[at], request => request.End());
            }

            if (rows.IsDBNull(1))
            {
                var record = new JournalRecord(rows.GetInt64(2), rows.GetInt32(3), rows.GetFieldValue<byte[]>(5), rows.GetFieldValue<byte[]>(4));
                Tell(begun[of], request => request.TakeRecord(record));
            }
            else
            {
                var (part, bytes) = (rows.GetInt32(1), rows.GetFieldValue<byte[]>(5));
                Tell(begun[of], request => request.TakePart(part, bytes));
            }
        }

        await rows.NextResultAsync();
        for (; at < begun.Count; at++)
        {
            Tell(begun[at], request => request.End());
        }
    }

    /// <summary>What one of them cannot take, or has damaged, is its own.</summary>
    private static void Tell(ReplayRequest request, Action<ReplayRequest> what)
    {
        try
        {
            if (!request.IsOver)
            {
                what(request);
            }
        }
        catch (Exception error)
        {
            request.Fail(error);
        }
    }

    private NpgsqlCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, _session!.Connection) { CommandTimeout = (int)sessions.Options.TimeLimit.TotalSeconds };
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }

    private static TValue[] Each<TValue>(IReadOnlyList<ReplayRequest> group, Func<ReplayRequest, TValue> of) => [.. group.Select(of)];

    private async Task CloseAsync()
    {
        if (_session is { } session)
        {
            _session = null;
            await session.DisposeAsync();
        }
    }
}
