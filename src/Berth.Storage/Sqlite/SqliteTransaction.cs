namespace Berth.Storage.Sqlite;

/// <summary>How the transaction of a group ended.</summary>
internal abstract record GroupEnd
{
    /// <summary>Nothing was written, and perhaps because of one request only.</summary>
    public bool RetryAlone { get; init; }

    /// <summary>Completes a request of the group.</summary>
    public abstract void Tell(WriteRequest request);

    /// <summary>What was written is durable.</summary>
    public sealed record Committed : GroupEnd
    {
        public override void Tell(WriteRequest request) => request.Settle();
    }

    /// <summary>A newer writer has the file; nothing was written.</summary>
    public sealed record Superseded : GroupEnd
    {
        public override void Tell(WriteRequest request) => request.Fence();
    }

    /// <summary>Certainly nothing was written.</summary>
    public sealed record NotWritten(string Reason) : GroupEnd
    {
        public override void Tell(WriteRequest request) => request.Refuse(Reason);
    }

    /// <summary>Nobody knows.</summary>
    public sealed record Unknown(Exception Error) : GroupEnd
    {
        public override void Tell(WriteRequest request) => request.Fail(Error);
    }
}

/// <summary>Writes a group in one transaction, each request in its own savepoint, so that a refusal concerns one of them only.</summary>
internal sealed class SqliteTransaction(SqliteDatabase database, long incarnation) : IDisposable
{
    private static readonly GroupEnd _committed = new GroupEnd.Committed();

    private readonly SqliteWrites _writes = new(database);
    private string? _stuck;

    public GroupEnd Write(ReadOnlySpan<WriteRequest> group)
    {
        if (_stuck is not null)
        {
            return new GroupEnd.NotWritten(_stuck);
        }

        var end = WriteAndCommit(group);
        if (!database.Autocommit)
        {
            Leave();
        }

        return end;
    }

    public void Dispose() => _writes.Dispose();

    private GroupEnd WriteAndCommit(ReadOnlySpan<WriteRequest> group)
    {
        try
        {
            if (_writes.Begin() != incarnation)
            {
                return new GroupEnd.Superseded();
            }
        }
        catch (SqliteErrorException error)
        {
            // No request is to blame, so none is tried again.
            return new GroupEnd.NotWritten(error.Message);
        }

        try
        {
            foreach (var request in group)
            {
                WriteOne(request);
            }
        }
        catch (Exception error)
        {
            // Before COMMIT nothing counts, whatever went wrong.
            return new GroupEnd.NotWritten(error.Message) { RetryAlone = true };
        }

        try
        {
            _writes.Commit();
            return _committed;
        }
        catch (SqliteErrorException error)
        {
            return SqliteErrors.NothingWasCommitted(error)
                ? new GroupEnd.NotWritten(error.Message) { RetryAlone = true }
                : new GroupEnd.Unknown(error);
        }
    }

    private void WriteOne(WriteRequest request)
    {
        _writes.Savepoint();
        if (request.Write(_writes))
        {
            _writes.Release();
        }
        else
        {
            _writes.Undo();
        }
    }

    /// <summary>Ends a transaction that failed. SQLite has often done so itself.</summary>
    private void Leave()
    {
        try
        {
            database.Rollback();
        }
        catch (SqliteErrorException error)
        {
            _stuck = $"{error.Message}; the transaction cannot be ended: start this process again";
        }
    }
}
