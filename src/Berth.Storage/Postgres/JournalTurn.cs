namespace Berth.Storage.Postgres;

/// <summary>One transaction. Once it was given up it never sends its COMMIT, so that giving up before is certain.</summary>
internal sealed class JournalTurn(JournalSession session)
{
    private const int Working = 0;
    private const int Committing = 1;
    private const int GivenUp = 2;

    private int _state = Working;

    /// <summary>It will not commit; false: it has begun to.</summary>
    public bool TryGiveUp() => Interlocked.CompareExchange(ref _state, GivenUp, Working) != Committing;

    public async Task<T> RunAsync<T>(Func<JournalSql, Task<Worked<T>>> work)
    {
        await using var transaction = await session.Connection.BeginTransactionAsync();
        var worked = await work(new JournalSql(session.Connection));
        if (!worked.Commits)
        {
            await transaction.RollbackAsync();
            return worked.Answer;
        }

        if (Interlocked.CompareExchange(ref _state, Committing, Working) != Working)
        {
            throw new TimeoutException("the transaction was given up");
        }

        await transaction.CommitAsync();
        session.ThrowOnWarning();
        return worked.Answer;
    }
}
