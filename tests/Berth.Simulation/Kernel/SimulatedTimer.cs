namespace Berth.Simulation.Kernel;

/// <summary>A timer of one process. While that is paused it waits; a periodic one that missed several ticks fires once for them.</summary>
internal sealed class SimulatedTimer : ITimer
{
    private static readonly SendOrPostCallback _fire = static timer => ((SimulatedTimer)timer!).Fire();

    private readonly SimulatedClock _clock;
    private readonly TimerCallback _callback;
    private readonly object? _state;
    private readonly LinkedListNode<SimulatedTimer> _place;
    private long _period;
    private bool _isSet;
    private bool _gone;

    /// <summary>The setting whose step waits in the process; 0: none.</summary>
    private long _waiting;

    internal SimulatedTimer(SimulatedClock clock, TimerCallback callback, object? state)
    {
        _clock = clock;
        _callback = callback;
        _state = state;
        _place = new LinkedListNode<SimulatedTimer>(this);
    }

    /// <summary>Grows with each change, so that what was due under an older one does not count.</summary>
    public long Setting { get; private set; } = 1;

    /// <summary>When it fires, in the time of its clock.</summary>
    public long DueLocal { get; private set; }

    /// <summary>The world has an entry for it.</summary>
    public bool IsDue { get; set; }

    /// <inheritdoc/>
    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        // A timer of a dead process may be disposed by the finalizer of what held it.
        if (_gone || _clock.Process.IsDead || !_clock.Process.World.IsMine($"a timer of {_clock.Process.Name}"))
        {
            return false;
        }

        Unset();
        if (dueTime >= TimeSpan.Zero)
        {
            _period = Math.Max(0, period.Ticks);
            DueLocal = _clock.LocalTicks + dueTime.Ticks;
            Set();
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _gone = true;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>What the world has of it does not count any more.</summary>
    internal void Forget()
    {
        Setting++;
        if (IsDue)
        {
            IsDue = false;
            _clock.Process.World.TimerWentStale();
        }
    }

    /// <summary>Its time has come: it fires as a step of its process.</summary>
    internal void ComeDue()
    {
        IsDue = false;
        _isSet = false;
        _clock.Remove(_place);
        _waiting = Setting;
        _clock.Process.World.Enqueue(_clock.Process, _fire, this, StepKind.Timer);
    }

    private void Set()
    {
        _isSet = true;
        _clock.Add(_place);
    }

    private void Unset()
    {
        Forget();
        if (_isSet)
        {
            _isSet = false;
            _clock.Remove(_place);
        }
    }

    private void Fire()
    {
        if (_waiting != Setting)
        {
            return;
        }

        _waiting = 0;
        if (_period > 0)
        {
            var next = DueLocal + _period;
            DueLocal = next > _clock.LocalTicks ? next : _clock.LocalTicks + _period;
            Set();
        }

        _callback(_state);
    }
}
