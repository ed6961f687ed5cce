namespace Berth.Runtime.Ownership;

/// <summary>The newest events of a cluster as one member saw them, and those who wait for the next. Memory of the process.</summary>
public sealed class ClusterEventRing
{
    /// <summary>The most events that are kept.</summary>
    public const int Capacity = 1_000;

    /// <summary>The most that may wait at once.</summary>
    public const int MaxWaiting = 64;

    private readonly TimeProvider _time;
    private readonly long _beganMs;

    /// <summary>Guards everything below.</summary>
    private readonly Lock _gate = new();
    private readonly Queue<ClusterEvent> _kept = new();
    private readonly HashSet<TaskCompletionSource> _waiting = [];
    private long _last;
    private bool _closed;

    /// <summary>Nothing has happened yet.</summary>
    public ClusterEventRing(TimeProvider time)
    {
        _time = time;
        _beganMs = time.GetUtcNow().ToUnixTimeMilliseconds();
    }

    /// <summary>Something happened now.</summary>
    public void Add(ClusterEvent happened)
    {
        List<TaskCompletionSource> waiting;
        lock (_gate)
        {
            _last++;
            _kept.Enqueue(happened with { Number = _last, AtMs = _time.GetUtcNow().ToUnixTimeMilliseconds() });
            if (_kept.Count > Capacity)
            {
                _kept.Dequeue();
            }

            waiting = Waiting_NeedsLock();
        }

        waiting.ForEach(one => one.TrySetResult());
    }

    /// <summary>Nothing will happen any more: nobody is kept waiting.</summary>
    public void Close()
    {
        List<TaskCompletionSource> waiting;
        lock (_gate)
        {
            _closed = true;
            waiting = Waiting_NeedsLock();
        }

        waiting.ForEach(one => one.TrySetResult());
    }

    /// <summary>
    /// The events after a number, at once if there are any; otherwise those that happen within <paramref name="wait"/>. A number that is
    /// yet to come is another process's, and all are given. Null: too many wait already.
    /// </summary>
    public async ValueTask<ClusterEventPage?> ReadAsync(long after, TimeSpan wait, CancellationToken gone)
    {
        var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            var page = Page_NeedsLock(after);
            if (page.Events.Count > 0 || wait <= TimeSpan.Zero || _closed)
            {
                return page;
            }

            if (_waiting.Count >= MaxWaiting)
            {
                return null;
            }

            _waiting.Add(next);
        }

        using (_time.CreateTimer(_ => next.TrySetResult(), null, wait, Timeout.InfiniteTimeSpan))
        using (gone.Register(() => next.TrySetResult()))
        {
            await next.Task;
        }

        lock (_gate)
        {
            _waiting.Remove(next);
            return Page_NeedsLock(after);
        }
    }

    private ClusterEventPage Page_NeedsLock(long after) => new(
        _beganMs,
        _last - _kept.Count + 1,
        _last,
        after > _last ? [.. _kept] : [.. _kept.Where(one => one.Number > after)]);

    private List<TaskCompletionSource> Waiting_NeedsLock()
    {
        List<TaskCompletionSource> waiting = [.. _waiting];
        _waiting.Clear();
        return waiting;
    }
}
