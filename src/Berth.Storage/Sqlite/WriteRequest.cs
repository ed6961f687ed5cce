using System.Threading.Tasks.Sources;

namespace Berth.Storage.Sqlite;

/// <summary>
/// Something to be written. The writer calls <see cref="Write"/>, perhaps again after a rollback, and then exactly one of the
/// others. Whoever waits goes on on another thread.
/// </summary>
internal abstract class WriteRequest
{
    /// <summary>About how much it writes.</summary>
    public abstract int Bytes { get; }

    /// <summary>Writes inside a savepoint of its own. False: what it wrote is to be undone, and its answer is a refusal.</summary>
    public abstract bool Write(SqliteWrites writes);

    /// <summary>The answer that <see cref="Write"/> came to stands: it is durable, or a refusal that is based on what is.</summary>
    public abstract void Settle();

    /// <summary>Certainly nothing was written.</summary>
    public abstract void Refuse(string reason);

    /// <summary>A newer writer has the file. Certainly nothing was written.</summary>
    public abstract void Fence();

    /// <summary>Nobody knows whether it was written.</summary>
    public abstract void Fail(Exception error);
}

/// <summary>A request with an answer, which can be awaited once and then used for the next.</summary>
internal abstract class WriteRequest<T> : WriteRequest, IValueTaskSource<T>
{
    private ManualResetValueTaskSourceCore<T> _waiter = new() { RunContinuationsAsynchronously = true };

    /// <summary>Where the answer will come.</summary>
    public ValueTask<T> Task => new(this, _waiter.Version);

    /// <summary>What <see cref="WriteRequest.Write"/> came to.</summary>
    protected T Outcome { get; set; } = default!;

    public override void Settle() => _waiter.SetResult(Outcome);

    public override void Fail(Exception error) => _waiter.SetException(error);

    public override void Refuse(string reason) => Fail(new StoreException(reason));

    public override void Fence() => Refuse("another process has opened the database since: this one may not write");

    public virtual T GetResult(short token)
    {
        try
        {
            return _waiter.GetResult(token);
        }
        finally
        {
            _waiter.Reset();
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _waiter.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);

    protected void Answer(T answer) => _waiter.SetResult(answer);
}
