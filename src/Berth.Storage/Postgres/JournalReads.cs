using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>Short reads, each one statement on one of a few connections. They wait for no writer.</summary>
internal sealed class JournalReads(JournalSessions sessions) : IDisposable
{
    private readonly SemaphoreSlim _room = new(sessions.Options.ReadConnections);

    /// <summary>The rows of a statement.</summary>
    public async Task<IReadOnlyList<T>> ReadAsync<T>(Func<NpgsqlDataReader, T> read, string sql, params object[] values)
    {
        await _room.WaitAsync();
        try
        {
            try
            {
                return await AttemptAsync(read, sql, values);
            }
            catch (NpgsqlException lost) when (PostgresErrors.EndsSession(lost))
            {
                // The connection had ended since it was used last; a read does no harm twice.
                return await AttemptAsync(read, sql, values);
            }
        }
        catch (NpgsqlException failure)
        {
            throw new StoreException(PostgresErrors.Describe(failure), failure);
        }
        finally
        {
            _room.Release();
        }
    }

    public void Dispose() => _room.Dispose();

    private async Task<IReadOnlyList<T>> AttemptAsync<T>(Func<NpgsqlDataReader, T> read, string sql, object[] values)
    {
        await using var connection = await sessions.RentAsync();
        return await new JournalSql(connection).ReadAsync(read, sql, values);
    }
}
