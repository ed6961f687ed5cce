using System.Runtime.InteropServices;

namespace Berth.Storage.Sqlite;

/// <summary>
/// The one connection that writes, on a thread of its own. It takes everything that waits and commits it in one transaction,
/// so that one sync of the disk serves all pools.
/// </summary>
internal sealed class SqliteWriter : IAsyncDisposable
{
    private const int MostRequestsInOneCommit = 1_024;
    private const int MostBytesInOneCommit = 8 << 20;

    private readonly WriteQueue _queue = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SqliteDatabase _database;
    private readonly SqliteTransaction _transaction;
    private readonly SqliteCheckpoints _checkpoints;

    /// <summary>Takes over the connection and the checkpoints, which nobody else may use from now on.</summary>
    public SqliteWriter(SqliteDatabase database, SqliteCheckpoints checkpoints, long incarnation)
    {
        _database = database;
        _checkpoints = checkpoints;
        SqliteSchema.UseLog(database);
        database.Execute("PRAGMA synchronous = FULL");
        database.Execute("PRAGMA wal_autocheckpoint = 0");
        database.Execute("PRAGMA journal_size_limit = 67108864");
        _transaction = new SqliteTransaction(database, incarnation);
        new Thread(Run) { IsBackground = true, Name = "berth-writer" }.Start();
    }

    /// <summary>Hands a request over. It is never cancelled, because others share its commit.</summary>
    public ValueTask<T> SubmitAsync<T>(WriteRequest<T> request)
    {
        if (!_queue.TryReserve())
        {
            return SubmitWhenThereIsRoomAsync(request);
        }

        var answer = request.Task;
        Add(request);
        return answer;
    }

    /// <summary>Writes what was submitted before and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Dispose();
        await _ended.Task;
    }

    private async ValueTask<T> SubmitWhenThereIsRoomAsync<T>(WriteRequest<T> request)
    {
        await _queue.ReserveAsync();
        var answer = request.Task;
        Add(request);
        return await answer;
    }

    private void Add(WriteRequest request)
    {
        if (!_queue.TryAdd(request))
        {
            request.Refuse("the store is closed");
        }
    }

    private void Run()
    {
        var taken = new List<WriteRequest>();
        while (_queue.TakeAll(ref taken))
        {
            WriteAll(CollectionsMarshal.AsSpan(taken));
            taken.Clear();
        }

        _checkpoints.Dispose();
        _transaction.Dispose();
        _database.Dispose();
        _ended.SetResult();
    }

    private void WriteAll(ReadOnlySpan<WriteRequest> requests)
    {
        while (!requests.IsEmpty)
        {
            var bytes = 0;
            var count = 0;
            while (count < requests.Length && count < MostRequestsInOneCommit && (count == 0 || bytes < MostBytesInOneCommit))
            {
                bytes += requests[count++].Bytes;
            }

            WriteGroup(requests[..count]);
            requests = requests[count..];
            _checkpoints.AfterCommit(_database);
        }
    }

    private void WriteGroup(ReadOnlySpan<WriteRequest> group)
    {
        var end = _transaction.Write(group);
        if (end.RetryAlone && group.Length > 1)
        {
            // One of them may be what does not fit: the others are not to suffer for it.
            for (var i = 0; i < group.Length; i++)
            {
                WriteGroup(group.Slice(i, 1));
            }

            return;
        }

        foreach (var request in group)
        {
            end.Tell(request);
        }
    }
}
