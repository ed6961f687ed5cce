namespace Berth.Runtime.Ownership;

/// <summary>What the member knows of the cluster, and a signal for those who wait for it to change.</summary>
internal sealed class OwnershipSignals
{
    /// <summary>Guards the number of changes and those who wait for the next.</summary>
    private readonly Lock _gate = new();
    private readonly HashSet<TaskCompletionSource> _waiting = [];
    private volatile ClusterView _view = ClusterView.Nothing;

    /// <summary>Told of each view and the one before it, one at a time.</summary>
    private readonly Action<ClusterView, ClusterView>? _follow;
    private long _changes;

    public OwnershipSignals(Action<ClusterView, ClusterView>? follow = null)
    {
        Ends = new MemberEnds(() => _view);
        _follow = follow;
    }

    /// <summary>Whose answers need not be waited for any more.</summary>
    public MemberEnds Ends { get; }

    /// <summary>The newest view.</summary>
    public ClusterView View => _view;

    /// <summary>How often something changed. Take it before looking.</summary>
    public long Changes => Interlocked.Read(ref _changes);

    /// <summary>Replaces the view; tells those who wait if another owner or member is in it.</summary>
    public void Publish(ClusterView view)
    {
        var before = _view;
        _view = view;
        _follow?.Invoke(before, view);
        if (view.IsChangeFrom(before))
        {
            Ends.Follow(view);
            Raise();
        }
    }

    /// <summary>Something changed.</summary>
    public void Raise()
    {
        List<TaskCompletionSource> waiting;
        lock (_gate)
        {
            _changes++;
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        waiting.ForEach(one => one.TrySetResult());
    }

    /// <summary>
    /// Waits for a change after the first <paramref name="seen"/>, and no longer than the limit. Each waits for something of its own: a wait
    /// for the first of two things goes on wherever the pool likes.
    /// </summary>
    public async Task WaitAsync(long seen, TimeSpan limit, TimeProvider time)
    {
        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_changes != seen)
            {
                return;
            }

            _waiting.Add(changed);
        }

        using (time.CreateTimer(_ => changed.TrySetResult(), null, limit, Timeout.InfiniteTimeSpan))
        {
            await changed.Task;
        }

        lock (_gate)
        {
            _waiting.Remove(changed);
        }
    }
}
