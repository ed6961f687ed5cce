namespace Berth.Storage.Sqlite;

/// <summary>
/// What waits for the writer: bounded, in order, taken all at once. Whoever finds it full waits without holding a thread.
/// </summary>
internal sealed class WriteQueue : IDisposable
{
    /// <summary>The most that waits.</summary>
    public const int Capacity = 16_384;

    /// <summary>Guards everything below; the writer sleeps on it. Monitor, because Lock has no wait.</summary>
    private readonly object _gate = new();
    private readonly SemaphoreSlim _room = new(Capacity);
    private List<WriteRequest> _waiting = [];
    private bool _closed;

    /// <summary>Room for one request was free and is taken.</summary>
    public bool TryReserve() => _room.Wait(0);

    /// <summary>Takes room for one request as soon as there is some.</summary>
    public Task ReserveAsync() => _room.WaitAsync();

    /// <summary>Puts a request into the room that was reserved for it; false when the queue is closed.</summary>
    public bool TryAdd(WriteRequest request)
    {
        lock (_gate)
        {
            if (_closed)
            {
                _room.Release();
                return false;
            }

            _waiting.Add(request);
            if (_waiting.Count == 1)
            {
                Monitor.Pulse(_gate);
            }

            return true;
        }
    }

    /// <summary>
    /// Waits until there is something and exchanges all of it for the empty list given; false when the queue is closed and
    /// everything has been taken.
    /// </summary>
    public bool TakeAll(ref List<WriteRequest> taken)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_closed)
            {
                Monitor.Wait(_gate);
            }

            (taken, _waiting) = (_waiting, taken);
        }

        if (taken.Count > 0)
        {
            _room.Release(taken.Count);
        }

        return taken.Count > 0;
    }

    /// <summary>Nothing more is taken in. The semaphore, which holds no handle, stays usable: whoever comes late still asks it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }
    }
}
