namespace Berth.Runtime.Ownership;

/// <summary>What the member knows of the cluster, and a signal for those who wait for it to change.</summary>
internal sealed class OwnershipSignals
{
    /// <summary>Guards the exchange of the signal.</summary>
    private readonly Lock _gate = new();
    private volatile ClusterView _view = ClusterView.Nothing;
    private TaskCompletionSource _changed = New();

    /// <summary>The newest view.</summary>
    public ClusterView View => _view;

    /// <summary>Completes at the next change. Take it before looking.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>Replaces the view; tells those who wait if another owner or member is in it.</summary>
    public void Publish(ClusterView view)
    {
        var before = _view;
        _view = view;
        if (!ReferenceEquals(before.Table.Shards, view.Table.Shards)
            || !before.Live.Select(member => member.Incarnation).SequenceEqual(view.Live.Select(member => member.Incarnation)))
        {
            Raise();
        }
    }

    /// <summary>Something changed.</summary>
    public void Raise()
    {
        TaskCompletionSource before;
        lock (_gate)
        {
            before = _changed;
            _changed = New();
        }

        before.SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
