namespace Berth.Simulation.Kernel;

/// <summary>How a process's clock starts.</summary>
/// <param name="Uptime">What its monotonic clock shows at the start of the process.</param>
/// <param name="WallOffset">How far its wall clock is ahead.</param>
/// <param name="DriftPpm">How much faster it runs than the world, in parts per million.</param>
internal sealed record ClockSetting(TimeSpan Uptime, TimeSpan WallOffset = default, int DriftPpm = 0)
{
    /// <summary>A right wall clock without drift.</summary>
    public static readonly ClockSetting Exact = new(TimeSpan.FromHours(1000));
}

/// <summary>
/// The clock of one process. Its monotonic time drifts against the world's; its wall clock follows it and can be stepped. Timers are
/// set in its own time and fire as steps of the process.
/// </summary>
internal sealed class SimulatedClock : TimeProvider
{
    private const int Million = 1_000_000;
    private const int NanosecondsPerTick = 100;

    private readonly SimulatedProcess _process;
    private readonly LinkedList<SimulatedTimer> _set = [];
    private long _baseWorld;
    private long _baseLocal;
    private long _wallMinusLocal;
    private int _ppm;
    private bool _frozen;

    internal SimulatedClock(SimulatedProcess process, ClockSetting setting)
    {
        _process = process;
        _baseWorld = World.NowTicks;
        _baseLocal = setting.Uptime.Ticks;
        _ppm = setting.DriftPpm;
        _wallMinusLocal = World.Start.Ticks + World.NowTicks + setting.WallOffset.Ticks - _baseLocal;
    }

    /// <summary>Nanoseconds, as on Linux: never the ticks of a <see cref="TimeSpan"/>.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond * NanosecondsPerTick;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>How much faster it runs than the world.</summary>
    public int DriftPpm => _ppm;

    /// <summary>Its monotonic time.</summary>
    public TimeSpan Uptime => new(LocalTicks);

    /// <summary>Timers that are set.</summary>
    public int TimerCount => _set.Count;

    internal SimulatedProcess Process => _process;

    internal long LocalTicks => _frozen ? _baseLocal : ToLocal(World.NowTicks);

    private World World => _process.World;

    /// <inheritdoc/>
    public override long GetTimestamp() => LocalTicks * NanosecondsPerTick;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => new(LocalTicks + _wallMinusLocal, TimeSpan.Zero);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimulatedTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Somebody sets the wall clock; monotonic time knows nothing of it.</summary>
    public void StepWall(TimeSpan by) => _wallMinusLocal += by.Ticks;

    /// <summary>From now on it runs at another speed.</summary>
    public void Drift(int ppm)
    {
        if (_frozen)
        {
            // It stands still; how long is known from when that began.
            _ppm = ppm;
            return;
        }

        (_baseLocal, _baseWorld, _ppm) = (LocalTicks, World.NowTicks, ppm);
        SetAgain();
    }

    internal void Freeze()
    {
        if (!_frozen)
        {
            (_baseLocal, _baseWorld, _frozen) = (LocalTicks, World.NowTicks, true);
            foreach (var timer in _set)
            {
                timer.Forget();
            }
        }
    }

    internal void Thaw(bool correctWall)
    {
        if (_frozen)
        {
            _wallMinusLocal += correctWall ? World.NowTicks - _baseWorld : 0;
            (_baseWorld, _frozen) = (World.NowTicks, false);
            SetAgain();
        }
    }

    internal void DropTimers()
    {
        foreach (var timer in _set)
        {
            timer.Forget();
        }

        _set.Clear();
    }

    internal void Add(LinkedListNode<SimulatedTimer> timer)
    {
        _set.AddLast(timer);
        Set(timer.Value);
    }

    internal void Remove(LinkedListNode<SimulatedTimer> timer)
    {
        // Cleared when the process died.
        if (timer.List is not null)
        {
            _set.Remove(timer);
        }
    }

    private void Set(SimulatedTimer timer)
    {
        if (!_frozen)
        {
            World.AtTimer(ToWorld(timer.DueLocal), timer);
            timer.IsDue = true;
        }
    }

    private void SetAgain()
    {
        foreach (var timer in _set)
        {
            timer.Forget();
            Set(timer);
        }
    }

    private long ToLocal(long world)
    {
        var passed = world - _baseWorld;
        return _baseLocal + passed + (_ppm == 0 ? 0 : (long)((Int128)passed * _ppm / Million));
    }

    /// <summary>The first moment of the world at which the local time has come.</summary>
    private long ToWorld(long local)
    {
        if (_ppm == 0)
        {
            return _baseWorld + (local - _baseLocal);
        }

        var world = _baseWorld + (long)((Int128)(local - _baseLocal) * Million / (Million + _ppm));
        while (ToLocal(world) < local)
        {
            world++;
        }

        return world;
    }
}
