using Berth.Chaos.Processes;
using Npgsql;

namespace Berth.Chaos.Journal;

/// <summary>One ownership number, of a pool or of a shard.</summary>
internal readonly record struct EpochRow(string Of, long Epoch);

/// <summary>The tables in PostgreSQL, read with plain SQL and nothing else.</summary>
internal sealed class JournalTables(Func<ChaosPostgres> primary)
{
    private const string Records =
        "SELECT p.name, e.first, e.count FROM events e JOIN pools p ON p.id = e.pool_id";

    private const string Owners =
        "SELECT s.shard, m.name FROM shards s JOIN members m ON m.incarnation = s.owner AND m.state = 0";

    private const string Epochs =
        "SELECT 'pool ' || name, epoch FROM pools UNION ALL SELECT 'shard ' || shard, epoch FROM shards";

    /// <summary>1114797160 is what members' session locks have in common; a member says in its row in which run of the server it holds its own.</summary>
    private const string Shown = """
        SELECT (SELECT count(*) FROM members WHERE state = 0)
                = (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = 1114797160)
            AND (SELECT count(DISTINCT server_run) = 1 FROM members WHERE state = 0)
        """;

    /// <summary>Every member that is up has the session by whose end its own is known.</summary>
    public async Task<bool> AllAreShownAsync() => (await ReadAsync(Shown, row => row.GetBoolean(0)))[0];

    /// <summary>Which versions are stored.</summary>
    public Task<IReadOnlyList<JournalRecord>> RecordsAsync() =>
        ReadAsync(Records, row => new JournalRecord(row.GetString(0), row.GetInt64(1), row.GetInt32(2)));

    /// <summary>The name of the member that owns each shard; shards of nobody are missing.</summary>
    public async Task<IReadOnlyDictionary<int, string>> OwnersAsync() =>
        (await ReadAsync(Owners, row => (Shard: row.GetInt32(0), Member: row.GetString(1)))).ToDictionary(row => row.Shard, row => row.Member);

    /// <summary>The newest epoch of each pool and each shard.</summary>
    public Task<IReadOnlyList<EpochRow>> EpochsAsync() => ReadAsync(Epochs, row => new EpochRow(row.GetString(0), row.GetInt64(1)));

    private async Task<IReadOnlyList<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read)
    {
        await using var connection = new NpgsqlConnection(primary().ConnectionString(ChaosPostgres.Database));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var rows = await command.ExecuteReaderAsync();
        var all = new List<T>();
        while (await rows.ReadAsync())
        {
            all.Add(read(rows));
        }

        return all;
    }
}
