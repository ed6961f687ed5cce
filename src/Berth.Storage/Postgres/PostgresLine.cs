using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>
/// One connection for one kind of calls, one after the other. Whatever fails or is given up ends the connection, and the next call opens
/// another: nothing of a call that went wrong is left on it, and a server or network that says nothing costs no more than the limit. Nor does
/// the driver: what it still does after the limit it does beside the calls that follow.
/// </summary>
internal sealed class PostgresLine(PostgresHosts hosts) : IAsyncDisposable
{
    /// <summary>Guards the session.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);
    private PostgresSession? _session;
    private bool _closed;

    /// <summary>Makes a call. Where it fails, nobody knows whether it happened.</summary>
    public async ValueTask<T> RunAsync<T>(Func<PostgresSession, CancellationToken, Task<T>> call, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _session ??= await OpenAsync(cancel);
            return await RunAsync_NeedsLock(call, cancel);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// Makes a call that does no harm twice: where the connection had ended since the last call, as after a restart of the server, it is
    /// made again on a new one.
    /// </summary>
    public async ValueTask<T> RepeatAsync<T>(Func<PostgresSession, CancellationToken, Task<T>> call, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (_session is not null)
            {
                try
                {
                    return await RunAsync_NeedsLock(call, cancel);
                }
                catch (NpgsqlException) when (!cancel.IsCancellationRequested)
                {
                    // The call is made again below, and says so itself if that fails too.
                    _session = null;
                }
            }

            _session = await OpenAsync(cancel);
            return await RunAsync_NeedsLock(call, cancel);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        _closed = true;
        if (_session is { } session)
        {
            _session = null;
            await session.DisposeAsync();
        }

        _turn.Release();
    }

    private async Task<PostgresSession> OpenAsync(CancellationToken cancel)
    {
        var opening = hosts.OpenAsync(cancel);
        try
        {
            return await opening.WaitAsync(cancel);
        }
        catch
        {
            _ = CloseLateAsync(opening);
            throw;
        }
    }

    private async Task<T> RunAsync_NeedsLock<T>(Func<PostgresSession, CancellationToken, Task<T>> call, CancellationToken cancel)
    {
        var session = _session!;
        var running = call(session, cancel);
        try
        {
            var result = await running.WaitAsync(cancel);
            session.ThrowIfWarned();
            return result;
        }
        catch (Exception error)
        {
            _session = null;
            _ = CloseAfterAsync(session, running);
            if (error is NpgsqlException && cancel.IsCancellationRequested)
            {
                throw new OperationCanceledException("the call was given up, and its connection ended", error, cancel);
            }

            throw;
        }
    }

    private static async Task CloseAfterAsync(PostgresSession session, Task running)
    {
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await session.DisposeAsync();
    }

    private static async Task CloseLateAsync(Task<PostgresSession> opening)
    {
        await using var session = await opening;
    }
}
