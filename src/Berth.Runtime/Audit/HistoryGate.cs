namespace Berth.Runtime.Audit;

/// <summary>
/// Keeps the beginning of the history in its place while somebody reads all of it. Readers never wait for long, and retention does not
/// wait at all: it comes again an hour later.
/// </summary>
public sealed class HistoryGate : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private int _readers;

    /// <summary>Begins to read; disposing ends it.</summary>
    public async ValueTask<IDisposable> ReadAsync(CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        Interlocked.Increment(ref _readers);
        _turn.Release();
        return new Reading(this);
    }

    /// <summary>Moves the beginning of the history; null, and nothing is moved: somebody reads.</summary>
    public async ValueTask<T?> TryMoveAsync<T>(Func<ValueTask<T>> moveAsync)
        where T : class
    {
        await _turn.WaitAsync();
        try
        {
            return Volatile.Read(ref _readers) > 0 ? null : await moveAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private sealed class Reading(HistoryGate gate) : IDisposable
    {
        private HistoryGate? _gate = gate;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _gate, null) is { } gate)
            {
                Interlocked.Decrement(ref gate._readers);
            }
        }
    }
}
