using System.Collections.Concurrent;
using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>What the work of a transaction came to.</summary>
/// <param name="Answer">The answer, if it is committed or nothing is to be.</param>
/// <param name="Commits">False: it is a refusal, and what was written is undone.</param>
internal sealed record Worked<T>(T Answer, bool Commits = true);

/// <summary>A transaction of its own for one writer, on one of a few connections: for what is seldom, or takes several statements.</summary>
internal sealed class JournalTransactions(JournalSessions sessions) : IAsyncDisposable
{
    private const int MostAttempts = 5;

    private readonly SemaphoreSlim _room = new(sessions.Options.OtherConnections);
    private readonly ConcurrentBag<JournalSession> _idle = [];

    /// <summary>Does the work and commits. <paramref name="refuse"/> makes the answer where certainly nothing was written; an exception: nobody knows.</summary>
    public async Task<T> RunAsync<T>(Func<JournalSql, Task<Worked<T>>> work, Func<string, T> refuse)
    {
        await _room.WaitAsync();
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return await AttemptAsync(work);
                }
                catch (NothingWrittenException nothing)
                {
                    // It may be tried again: two that added the same licenses waited for each other, or the connection had ended meanwhile.
                    if (attempt == MostAttempts || !nothing.MayRepeat)
                    {
                        return refuse(PostgresErrors.Describe(nothing.Why));
                    }
                }
            }
        }
        finally
        {
            _room.Release();
        }
    }

    /// <summary>As the other, where a refusal is an exception too.</summary>
    public Task<T> RunAsync<T>(Func<JournalSql, Task<Worked<T>>> work) => RunAsync(work, static reason => throw new StoreException(reason));

    public async ValueTask DisposeAsync()
    {
        for (var i = 0; i < sessions.Options.OtherConnections; i++)
        {
            await _room.WaitAsync();
        }

        while (_idle.TryTake(out var session))
        {
            await session.DisposeAsync();
        }

        _room.Release(sessions.Options.OtherConnections);
    }

    private async Task<T> AttemptAsync<T>(Func<JournalSql, Task<Worked<T>>> work)
    {
        var (session, wasUsed) = await RentAsync();
        var turn = new JournalTurn(session);
        var running = turn.RunAsync(work);
        try
        {
            var answer = await running.WaitAsync(sessions.Options.TimeLimit, sessions.Time);
            _idle.Add(session);
            return answer;
        }
        catch (Exception failure)
        {
            // Nobody else uses the connection: its transaction ends with it.
            _ = session.CloseAfterAsync(running);
            if (turn.TryGiveUp())
            {
                throw new NothingWrittenException(failure, wasUsed && failure is NpgsqlException and not PostgresException { InvariantSeverity: "ERROR" });
            }

            throw PostgresErrors.OfCommit(failure) == WriteError.Unknown ? Unknown(failure) : new NothingWrittenException(failure, mayRepeat: false);
        }
    }

    private StoreException Unknown(Exception failure) => failure switch
    {
        StoreException known => known,
        TimeoutException => new StoreException($"PostgreSQL has not answered within {sessions.Options.TimeLimit}: nobody knows whether it was written", failure),
        _ => new StoreException($"{PostgresErrors.Describe(failure)}; nobody knows whether it was written", failure),
    };

    private async Task<(JournalSession Session, bool WasUsed)> RentAsync()
    {
        if (_idle.TryTake(out var idle))
        {
            return (idle, true);
        }

        try
        {
            return (await sessions.OpenAsync(), false);
        }
        catch (Exception failure)
        {
            throw new NothingWrittenException(failure, mayRepeat: false);
        }
    }

    /// <summary>Certainly nothing was written.</summary>
    private sealed class NothingWrittenException(Exception why, bool mayRepeat) : Exception(why.Message, why)
    {
        public Exception Why { get; } = why;

        public bool MayRepeat { get; } = mayRepeat || PostgresErrors.BeforeCommit(why) == WriteError.Repeat;
    }
}
