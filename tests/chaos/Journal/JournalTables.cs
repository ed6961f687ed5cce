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
