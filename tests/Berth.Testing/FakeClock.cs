namespace Berth.Testing;

/// <summary>
/// A clock that moves only when told. Wall and monotonic time are set apart, the timestamp frequency is an odd number so that
/// wrong assumptions about it show, and timers fire in order, on the thread that advances, with the time at their own moment.
/// </summary>
public sealed class FakeClock : TimeProvider
{
    /// <summary>Guards everything below.</summary>
    private readonly Lock _gate = new();
    private readonly List<Timer> _timers = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _watchers = [];
    private DateTimeOffset _wall = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private TimeSpan _monotonic = TimeSpan.FromHours(1000);
    private long _order;

    /// <inheritdoc/>
    public override long TimestampFrequency => 7_654_321;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>How long until the next timer fires; null: none waits.</summary>
    public TimeSpan? UntilNext
    {
        get
        {
            lock (_gate)
            {
                return _timers.Count == 0 ? null : _timers.Min(timer => timer.Due) - _monotonic;
            }
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _wall;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return (long)((Int128)_monotonic.Ticks * TimestampFrequency / TimeSpan.TicksPerSecond);
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Time passes: wall and monotonic together, timers in order on the way.</summary>
    public void Advance(TimeSpan by)
    {
        TimeSpan end;
        lock (_gate)
        {
            end = _monotonic + by;
        }

        while (TakeDue(end, out var timer))
        {
            timer.Fire();
        }

        lock (_gate)
        {
            Pass_NeedsLock(end);
        }
    }

    /// <summary>The process stood still and wakes up: time has passed, then what is due fires, once each.</summary>
    public void Jump(TimeSpan by)
    {
        lock (_gate)
        {
            Pass_NeedsLock(_monotonic + by);
        }

        Advance(TimeSpan.Zero);
    }

    /// <summary>Somebody sets the wall clock; monotonic time knows nothing of it.</summary>
    public void StepWall(TimeSpan by)
    {
        lock (_gate)
        {
            _wall += by;
        }
    }

    /// <summary>Completes once this many timers wait to fire.</summary>
    public Task TimersAsync(int count, CancellationToken deadline)
    {
        lock (_gate)
        {
            if (_timers.Count >= count)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _watchers.Add((count, reached));
            return reached.Task.WaitAsync(deadline);
        }
    }

    private bool TakeDue(TimeSpan end, out Timer timer)
    {
        lock (_gate)
        {
            timer = _timers.MinBy(waiting => (waiting.Due, waiting.Order))!;
            if (timer is null || timer.Due > end)
            {
                return false;
            }

            Pass_NeedsLock(timer.Due > _monotonic ? timer.Due : _monotonic);
            _timers.Remove(timer);
            if (timer.Period > TimeSpan.Zero)
            {
                // One that is late by several periods fires once for them.
                timer.Due = (timer.Due > _monotonic ? timer.Due : _monotonic) + timer.Period;
                timer.Order = ++_order;
                _timers.Add(timer);
            }

            return true;
        }
    }

    private void Pass_NeedsLock(TimeSpan to)
    {
        _wall += to - _monotonic;
        _monotonic = to;
    }

    private bool Set(Timer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
            if (timer.Gone)
            {
                return false;
            }

            if (dueTime >= TimeSpan.Zero)
            {
                (timer.Due, timer.Period, timer.Order) = (_monotonic + dueTime, period, ++_order);
                _timers.Add(timer);
            }

            foreach (var watcher in _watchers.Where(watcher => _timers.Count >= watcher.Count).ToList())
            {
                _watchers.Remove(watcher);
                watcher.Reached.SetResult();
            }

            return true;
        }
    }

    private sealed class Timer(FakeClock clock, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan Due { get; set; }

        public TimeSpan Period { get; set; }

        public long Order { get; set; }

        public bool Gone { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => clock.Set(this, dueTime, period);

        public void Dispose()
        {
            Gone = true;
            clock.Set(this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
