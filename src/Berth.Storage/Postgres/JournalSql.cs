using Npgsql;
using NpgsqlTypes;

namespace Berth.Storage.Postgres;

/// <summary>Runs the statements of a transaction.</summary>
internal readonly struct JournalSql(NpgsqlConnection connection)
{
    /// <summary>Runs a statement and answers how many rows it changed.</summary>
    public async Task<int> RunAsync(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>The rows of a statement.</summary>
    public async Task<List<TRow>> ReadAsync<TRow>(Func<NpgsqlDataReader, TRow> read, string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        await using var rows = await command.ExecuteReaderAsync();
        var found = new List<TRow>();
        while (await rows.ReadAsync())
        {
            found.Add(read(rows));
        }

        await rows.NextResultAsync();
        return found;
    }

    /// <summary>Runs a statement for each of some rows, all sent at once, and answers the first that changed nothing, or -1.</summary>
    public async Task<int> RunEachAsync(string sql, IReadOnlyList<object[]> rows)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var values in rows)
        {
            var command = new NpgsqlBatchCommand(sql);
            Add(command.Parameters, values);
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync();
        return Enumerable.Range(0, rows.Count).FirstOrDefault(i => batch.BatchCommands[i].RecordsAffected == 0, -1);
    }

    private NpgsqlCommand Command(string sql, object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        Add(command.Parameters, values);
        return command;
    }

    private static void Add(NpgsqlParameterCollection parameters, object[] values)
    {
        foreach (var value in values)
        {
            parameters.Add(value is byte[] bytes ? new NpgsqlParameter { Value = bytes, NpgsqlDbType = NpgsqlDbType.Bytea } : new NpgsqlParameter { Value = value });
        }
    }
}
