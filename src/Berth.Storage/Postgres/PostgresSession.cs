using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>An open connection of one's own.</summary>
internal sealed class PostgresSession : IAsyncDisposable
{
    private volatile string? _warning;

    public PostgresSession(NpgsqlConnection connection)
    {
        Connection = connection;
        connection.Notice += (_, e) => _warning = e.Notice.InvariantSeverity == "WARNING" ? e.Notice.MessageText : _warning;
    }

    /// <summary>The connection.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>
    /// Throws where the server has warned: a commit that no standby confirmed ends without an error, and nobody knows whether it stands.
    /// </summary>
    public void ThrowIfWarned()
    {
        if (_warning is { } warning)
        {
            throw new StoreException($"PostgreSQL warned, so nobody knows whether what was asked stands: {warning}");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
