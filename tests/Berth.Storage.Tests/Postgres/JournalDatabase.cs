using Berth.Storage.Postgres;
using Berth.Testing.Postgres;
using Npgsql;

namespace Berth.Storage.Tests.Postgres;

/// <summary>Databases with the tables of Berth, copied from one that has them.</summary>
internal static class JournalDatabase
{
    private static readonly Lazy<Task<TestDatabase>> _template = new(MakeTemplateAsync);

    /// <summary>A database of its own on the shared server.</summary>
    public static async Task<TestDatabase> NewAsync()
    {
        var template = await _template.Value;
        return await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(template.Name);
    }

    /// <summary>Makes the tables.</summary>
    public static async Task EnterAsync(TestDatabase database)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await PostgresSchema.EnterAsync(connection);
    }

    private static async Task<TestDatabase> MakeTemplateAsync()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        await EnterAsync(database);
        return database;
    }
}
