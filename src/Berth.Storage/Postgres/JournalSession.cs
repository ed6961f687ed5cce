using System.Data;
using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>A connection that one loop uses, and what the server said beside its answers.</summary>
internal sealed class JournalSession : IAsyncDisposable
{
    private const string WarningSeverity = "WARNING";

    private volatile string? _warning;

    public JournalSession(NpgsqlConnection connection)
    {
        Connection = connection;
        connection.Notice += OnNotice;
    }

    public NpgsqlConnection Connection { get; }

    /// <summary>Npgsql has not ended the connection. It does so for some errors of which the server would not.</summary>
    public bool IsOpen => Connection.State == ConnectionState.Open;

    /// <summary>
    /// Throws if the server warned since the last call. A commit whose wait for the standby was cancelled ends with a warning alone:
    /// it is done here, and perhaps nowhere else.
    /// </summary>
    public void ThrowOnWarning()
    {
        if (_warning is { } warning)
        {
            _warning = null;
            throw new StoreException($"PostgreSQL warned while it committed, so nobody knows whether it is durable: {warning}");
        }
    }

    /// <summary>
    /// Closes the connection once <paramref name="running"/> has ended. A connection that hangs cannot be closed while its statement runs; that
    /// ends when the system finds that the peer is gone.
    /// </summary>
    public async Task CloseAfterAsync(Task running)
    {
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await DisposeAsync();
    }

    public ValueTask DisposeAsync() => Connection.DisposeAsync();

    private void OnNotice(object sender, NpgsqlNoticeEventArgs notice)
    {
        if (notice.Notice.InvariantSeverity == WarningSeverity)
        {
            _warning = $"{notice.Notice.MessageText} (SQLSTATE {notice.Notice.SqlState})";
        }
    }
}
