namespace Berth.Runtime.Ownership;

/// <summary>What the member knows of the cluster, and a signal for those who wait for it to change.</summary>
internal sealed class OwnershipSignals(TimeProvider time)
{
    /// <summary>Guards the waiters.</summary>
    private readonly Lock _gate = new();
    private readonly HashSet<TaskCompletionSource> _waiting = [];
    private volatile ClusterView _view = ClusterView.Nothing;
    private long _changes;

    /// <summary>The newest view.</summary>
    public ClusterView View => _view;

    /// <summary>How often something changed. Take it before looking.</summary>
    public long Changes => Interlocked.Read(ref _changes);

    /// <summary>Replaces the view; tells those who wait if another owner or member is in it.</summary>
    public void Publish(ClusterView view)
    {
        var before = _view;
        _view = view;
        if (view.IsChangeFrom(before))
        {
            Raise();
        }
    }

    /// <summary>Something changed.</summary>
    public void Raise()
    {
        List<TaskCompletionSource> told;
        lock (_gate)
        {
            Interlocked.Increment(ref _changes);
            told = [.. _waiting];
            _waiting.Clear();
        }

        told.ForEach(waiter => waiter.TrySetResult());
    }

    /// <summary>Waits until something has changed since <paramref name="seen"/> was taken, or for so long.</summary>
    public async ValueTask WaitAsync(long seen, TimeSpan limit)
    {
        // Each has its own signal, which its own timer may raise too: whoever awaits it goes on where it was.
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (Changes != seen)
            {
                return;
            }

            _waiting.Add(waiter);
        }

        using var timer = time.CreateTimer(late => ((TaskCompletionSource)late!).TrySetResult(), waiter, limit, Timeout.InfiniteTimeSpan);
        await waiter.Task;
        lock (_gate)
        {
            _waiting.Remove(waiter);
        }
    }
}
