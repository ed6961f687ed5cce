using Berth.Runtime.Ownership;
using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>
/// Reads the whole table, on a line of its own. Each look is one statement, of one moment: the numbers of changes, and the counters of
/// the members that are up. Only where a number is another one the rows are read, all in one snapshot.
/// </summary>
internal sealed class MembershipView(PostgresHosts hosts) : IAsyncDisposable
{
    private const string Look = """
        SELECT member_changes, shard_changes, feature_level, ARRAY(SELECT counter FROM members WHERE state = 0 ORDER BY incarnation) FROM cluster
        """;

    private const string ReadCluster = "SELECT member_changes, shard_changes, feature_level, name, secret_digest FROM cluster";
    private const string ReadMembers = $"SELECT {MembershipRows.MemberColumns} FROM members ORDER BY incarnation";
    private const string ReadShards = """
        SELECT shard, epoch, former_lease_ms, owner FROM shards WHERE (SELECT shard_changes FROM cluster) <> $1 ORDER BY shard
        """;

    /// <summary>Nobody's session has read anything yet.</summary>
    private static readonly Seen _nothing = new(null, -1, -1, new ClusterTable([], [], 0));

    private readonly PostgresLine _line = new(hosts);

    /// <summary>What was read last. A call that was given up may put its own here late: what is answered is what the call itself has read.</summary>
    private volatile Seen _last = _nothing;

    public ValueTask<ClusterTable> ReadAsync(CancellationToken cancel) => _line.RepeatAsync(ReadAsync, cancel);

    /// <summary>Asks something else on the same line.</summary>
    public ValueTask<T> AskAsync<T>(Func<PostgresSession, CancellationToken, Task<T>> question, CancellationToken cancel) =>
        _line.RepeatAsync(question, cancel);

    public ValueTask DisposeAsync() => _line.DisposeAsync();

    private async Task<ClusterTable> ReadAsync(PostgresSession session, CancellationToken cancel)
    {
        // Another connection may lead to another server, whose numbers mean something else.
        var last = _last;
        var known = last.Session == session ? last : _nothing;
        var seen = await LookAsync(session, known, cancel) ?? await ReadRowsAsync(session, known, cancel);
        _last = seen;
        return seen.Table;
    }

    /// <summary>Null: something has changed but counters.</summary>
    private static async Task<Seen?> LookAsync(PostgresSession session, Seen known, CancellationToken cancel)
    {
        if (known == _nothing)
        {
            return null;
        }

        await using var look = new NpgsqlCommand(Look, session.Connection);
        await using var reader = await look.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        if (reader.GetInt64(0) != known.MemberChanges || reader.GetInt64(1) != known.ShardChanges)
        {
            return null;
        }

        var table = known.Table;
        var members = WithCounters(table.Members, reader.GetFieldValue<long[]>(3));
        return members == table.Members ? known : known with { Table = table with { Members = members } };
    }

    /// <summary>The same list where no counter moved.</summary>
    private static IReadOnlyList<MemberRow> WithCounters(IReadOnlyList<MemberRow> members, long[] counters)
    {
        MemberRow[]? renewed = null;
        var next = 0;
        for (var i = 0; i < members.Count; i++)
        {
            if (members[i].State == MemberState.Up && counters[next++] is var counter && counter != members[i].Counter)
            {
                renewed ??= [.. members];
                renewed[i] = members[i] with { Counter = counter };
            }
        }

        return renewed ?? members;
    }

    private static async Task<Seen> ReadRowsAsync(PostgresSession session, Seen known, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(session.Connection)
            .Then("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .Then(ReadCluster)
            .Then(ReadMembers)
            .Then(ReadShards, known.ShardChanges)
            .Then("COMMIT");
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        var (memberChanges, shardChanges, level) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt32(2));
        var name = await reader.IsDBNullAsync(3, cancel) ? "" : reader.GetString(3);
        var digest = await reader.IsDBNullAsync(4, cancel) ? "" : reader.GetString(4);

        await reader.NextResultAsync(cancel);
        var members = new List<MemberRow>();
        while (await reader.ReadAsync(cancel))
        {
            members.Add(MembershipRows.Member(reader, name, digest));
        }

        await reader.NextResultAsync(cancel);
        var shards = new List<ShardRow>(Shards.Count);
        while (await reader.ReadAsync(cancel))
        {
            var row = MembershipRows.Owned(reader);
            shards.Add(new ShardRow(row.Shard, await OwnerAsync(reader, cancel), row.Epoch, row.FormerLease));
        }

        var table = new ClusterTable(members.AsReadOnly(), shardChanges == known.ShardChanges ? known.Table.Shards : shards.AsReadOnly(), level);
        return new Seen(session, memberChanges, shardChanges, table);
    }

    private static async Task<Incarnation?> OwnerAsync(NpgsqlDataReader reader, CancellationToken cancel) =>
        await reader.IsDBNullAsync(3, cancel) ? null : new Incarnation(reader.GetInt64(3));

    private sealed record Seen(PostgresSession? Session, long MemberChanges, long ShardChanges, ClusterTable Table);
}
