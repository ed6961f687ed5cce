using Berth.Runtime.Ownership;
using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>
/// Renews leases, on a line that does nothing else. One trip: the counter first, which locks the member's row, then what the member owns
/// as it is after that. Shards are sent only where one has changed since the last answer on this connection; another connection may
/// lead to another server, whose numbers mean something else.
/// </summary>
internal sealed class MembershipRenewals(PostgresHosts hosts) : IAsyncDisposable
{
    private const string Raise = "UPDATE members SET counter = counter + 1 WHERE incarnation = $1 AND state = 0 RETURNING counter";

    private const string Owned = """
        SELECT c.feature_level, c.shard_changes, s.shard, s.epoch, s.former_lease_ms
        FROM cluster c LEFT JOIN shards s ON c.shard_changes <> $2 AND s.owner = $1 ORDER BY s.shard
        """;

    private readonly PostgresLine _line = new(hosts);

    /// <summary>The last answer. A call that was given up may put its own here late: what is answered is what the call itself has read.</summary>
    private volatile Answer _last = new(null, default, NoChange, []);

    private const long NoChange = -1;

    public ValueTask<RenewResult> RenewAsync(Incarnation member, CancellationToken cancel) =>
        _line.RepeatAsync((session, limit) => RenewAsync(session, member, limit), cancel);

    public ValueTask DisposeAsync() => _line.DisposeAsync();

    private async Task<RenewResult> RenewAsync(PostgresSession session, Incarnation member, CancellationToken cancel)
    {
        var last = _last;
        var known = last.Session == session && last.Member == member ? last : new Answer(session, member, NoChange, []);
        await using var batch = new NpgsqlBatch(session.Connection).Then(Raise, member.Value).Then(Owned, member.Value, known.Change);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
        {
            return RenewResult.Down;
        }

        var counter = reader.GetInt64(0);
        await reader.NextResultAsync(cancel);
        var level = 0;
        var change = known.Change;
        var owned = new List<OwnedShard>();
        while (await reader.ReadAsync(cancel))
        {
            (level, change) = (reader.GetInt32(0), reader.GetInt64(1));
            if (!await reader.IsDBNullAsync(2, cancel))
            {
                owned.Add(MembershipRows.Owned(reader, 2));
            }
        }

        await reader.NextResultAsync(cancel);
        var answer = change == known.Change ? known : new Answer(session, member, change, owned);
        _last = answer;
        return new RenewResult(Up: true, answer.Owned, level, counter);
    }

    private sealed record Answer(PostgresSession? Session, Incarnation Member, long Change, IReadOnlyList<OwnedShard> Owned);
}
