using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>
/// A connection that takes what waits, sends it as one statement, and tells each request how it ended. Several lanes may serve one queue.
/// </summary>
internal sealed class GroupLane<T>(JournalSessions sessions, PoolQueue<T> queue, GroupStatement<T> statement)
    where T : WritingRequest
{
    private const int MostAttempts = 5;

    private JournalSession? _session;
    private NpgsqlCommand? _command;
    private Task _running = Task.CompletedTask;

    /// <summary>Runs until the queue is closed and empty.</summary>
    public async Task RunAsync()
    {
        var group = new List<T>();
        while (await queue.TakeAsync(group))
        {
            await WriteAsync(group);
        }

        await (_session?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private async Task WriteAsync(IReadOnlyList<T> group, int attempt = 1)
    {
        if (await FailureToConnectAsync() is { } unreachable)
        {
            Refuse(group, unreachable);
            return;
        }

        try
        {
            _running = ExecuteAsync(group);
            await _running.WaitAsync(sessions.Options.TimeLimit, sessions.Time);
        }
        catch (Exception failure)
        {
            var meaning = PostgresErrors.OfCommit(failure);
            if (PostgresErrors.EndsSession(failure) || !_session!.IsOpen)
            {
                GiveUpSession();
            }

            await TellAsync(group, failure, meaning, attempt);
            return;
        }

        foreach (var request in group)
        {
            request.Settle();
        }
    }

    private async Task TellAsync(IReadOnlyList<T> group, Exception failure, WriteError meaning, int attempt)
    {
        var lost = meaning == WriteError.Unknown && failure is NpgsqlException && statement.MayHappenTwice && attempt == 1;
        if (lost || (meaning == WriteError.Repeat && attempt < MostAttempts))
        {
            await WriteAsync(group, attempt + 1);
        }
        else if (meaning is WriteError.Refused or WriteError.Repeat && group.Count > 1)
        {
            // One of them may be what is refused: the others are not to suffer for it.
            foreach (var request in group)
            {
                await WriteAsync([request]);
            }
        }
        else if (meaning == WriteError.Unknown)
        {
            var unknown = Unknown(failure);
            foreach (var request in group)
            {
                request.Fail(unknown);
            }
        }
        else
        {
            Refuse(group, failure);
        }
    }

    private Exception Unknown(Exception failure) => failure switch
    {
        StoreException => failure,
        TimeoutException => new StoreException($"PostgreSQL has not answered within {sessions.Options.TimeLimit}: nobody knows whether it was written", failure),
        _ => new StoreException($"{PostgresErrors.Describe(failure)}; nobody knows whether it was written", failure),
    };

    private static void Refuse(IReadOnlyList<T> group, Exception failure)
    {
        var reason = PostgresErrors.Describe(failure);
        foreach (var request in group)
        {
            request.Refuse(reason);
        }
    }

    private async Task ExecuteAsync(IReadOnlyList<T> group)
    {
        var (session, command) = (_session!, _command!);
        statement.Fill(command.Parameters, group);
        await using var rows = await command.ExecuteReaderAsync();
        await statement.ReadAsync(rows, group);

        // The commit comes after the rows: only what is read behind them says that it happened.
        while (await rows.NextResultAsync())
        {
            // A statement has one result.
        }

        session.ThrowOnWarning();
    }

    /// <summary>Opens the connection if there is none. Whatever fails here, nothing was sent.</summary>
    private async Task<Exception?> FailureToConnectAsync()
    {
        if (_session is not null)
        {
            return null;
        }

        try
        {
            NpgsqlCommand? command = null;
            _session = await sessions.OpenAsync(session => (command = CommandOn(session)).PrepareAsync());
            _command = command;
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    private NpgsqlCommand CommandOn(JournalSession session)
    {
        var command = new NpgsqlCommand(statement.Sql, session.Connection);
        statement.AddParameters(command.Parameters);
        return command;
    }

    /// <summary>Another connection takes its place.</summary>
    private void GiveUpSession()
    {
        _ = _session!.CloseAfterAsync(_running);
        (_session, _command) = (null, null);
    }
}
