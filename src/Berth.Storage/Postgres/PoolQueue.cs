using Berth.Pools;

namespace Berth.Storage.Postgres;

/// <summary>
/// What waits for the connections: bounded, in order for each pool, taken by the group. Whoever finds it full waits without holding a
/// thread.
/// </summary>
internal sealed class PoolQueue<T> : IDisposable
    where T : PoolRequest
{
    /// <summary>The most that waits.</summary>
    public const int Capacity = 16_384;

    /// <summary>The most requests that go into one statement.</summary>
    public const int MostTogether = 256;

    /// <summary>The most bytes that go into one statement, unless one request alone has more.</summary>
    public const int MostBytesTogether = 4 << 20;

    /// <summary>Guards the fields below.</summary>
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _room = new(Capacity);
    private readonly SemaphoreSlim _ready = new(0);
    private readonly Queue<T> _waiting = [];

    /// <summary>Requests that were passed over because their pool had one in the group already: they go first.</summary>
    private Queue<T> _passedOver = [];
    private bool _signalled;
    private bool _closed;

    /// <summary>Puts a request in, as soon as there is room; false when the queue is closed.</summary>
    public async ValueTask<bool> AddAsync(T request)
    {
        if (!_room.Wait(0))
        {
            await _room.WaitAsync();
        }

        lock (_gate)
        {
            if (_closed)
            {
                _room.Release();
                return false;
            }

            _waiting.Enqueue(request);
            Signal_NeedsLock();
            return true;
        }
    }

    /// <summary>
    /// Waits until there is something and takes of it what may go together: one request of each pool. False when the queue is closed and
    /// everything has been taken.
    /// </summary>
    public async ValueTask<bool> TakeAsync(List<T> group)
    {
        group.Clear();
        while (true)
        {
            await _ready.WaitAsync();
            lock (_gate)
            {
                _signalled = false;
                Take_NeedsLock(group);
                if (_waiting.Count + _passedOver.Count > 0 || _closed)
                {
                    // For the next of those who take.
                    Signal_NeedsLock();
                }

                if (group.Count > 0 || _closed)
                {
                    break;
                }
            }
        }

        if (group.Count > 0)
        {
            _room.Release(group.Count);
        }

        return group.Count > 0;
    }

    /// <summary>Nothing more is taken in. The semaphores, which hold no handles, stay usable: whoever comes late still asks them.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Signal_NeedsLock();
        }
    }

    private void Take_NeedsLock(List<T> group)
    {
        var pools = new HashSet<PoolName>();
        var again = new Queue<T>();
        var bytes = 0;
        foreach (var from in (Queue<T>[])[_passedOver, _waiting])
        {
            while (group.Count < MostTogether && bytes < MostBytesTogether && from.TryDequeue(out var request))
            {
                if (pools.Add(request.Pool))
                {
                    bytes += request.Bytes;
                    group.Add(request);
                }
                else
                {
                    again.Enqueue(request);
                }
            }
        }

        while (_passedOver.TryDequeue(out var left))
        {
            again.Enqueue(left);
        }

        _passedOver = again;
    }

    private void Signal_NeedsLock()
    {
        if (!_signalled)
        {
            _signalled = true;
            _ready.Release();
        }
    }
}
