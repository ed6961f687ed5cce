using Berth.Testing.Postgres;
using Npgsql;

namespace Berth.Storage.Tests.Postgres;

/// <summary>A connection beside the journal's, for what nobody else does.</summary>
internal sealed class RawSession(NpgsqlConnection connection) : IAsyncDisposable
{
    private const string Waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";

    public static async Task<RawSession> OpenAsync(TestDatabase database)
    {
        var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        return new RawSession(connection);
    }

    public async Task RunAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<object?> ReadAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Waits until so many statements of the database wait for locks.</summary>
    public Task WaitForWaitersAsync(int count) => WaitForAsync($"SELECT ({Waiting}) = {count}");

    /// <summary>Asks until the answer is yes.</summary>
    public async Task WaitForAsync(string sql)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        while (await ReadAsync(sql) is not true)
        {
            limit.Token.ThrowIfCancellationRequested();

            // In a transaction the server would go on telling what it told first.
            await RunAsync("SELECT pg_stat_clear_snapshot()");
        }
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}

/// <summary>While it is closed, whoever inserts a record stands still in the middle of the statement.</summary>
internal sealed class InsertGate(RawSession session) : IAsyncDisposable
{
    private const long Key = 4_711;

    public static async Task<InsertGate> CloseAsync(TestDatabase database)
    {
        var session = await RawSession.OpenAsync(database);
        await session.RunAsync($"""
            CREATE FUNCTION stand_still() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared({Key}); RETURN NEW; END';
            CREATE TRIGGER gate BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION stand_still();
            SELECT pg_advisory_lock({Key})
            """);
        return new InsertGate(session);
    }

    public Task OpenAsync() => session.RunAsync($"SELECT pg_advisory_unlock({Key})");

    /// <summary>Waits until so many statements wait, at the gate or for others that do.</summary>
    public Task WaitForWaitersAsync(int count) => session.WaitForWaitersAsync(count);

    public ValueTask DisposeAsync() => session.DisposeAsync();
}
