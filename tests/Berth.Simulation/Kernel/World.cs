namespace Berth.Simulation.Kernel;

/// <summary>
/// Virtual time, what is due in it, and the processes that run. Everything happens on the thread that made the world, one step
/// after the other, in an order that the seed decides: two worlds of one seed do the same.
/// </summary>
internal sealed class World : IDisposable
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly long _poolWorkBefore = AllPoolWork;
    private readonly WorldOptions _options;
    private readonly Dice _order;
    private readonly EventHeap _due = new();

    /// <summary>The processes that have work and are not paused. There are few: the first in line is found by looking.</summary>
    private readonly List<SimulatedProcess> _ready = [];
    private long _sequence;
    private long _stepsAtOnce;
    private int _processes;
    private ulong _digest = Rolling.Start;

    /// <summary>Set once; by the world's thread, or by a foreign one that was caught.</summary>
    private Ending? _ended;
    private volatile bool _closed;

    public World(ulong seed, WorldOptions? options = null)
    {
        Seed = seed;
        _options = options ?? new WorldOptions();
        Dice = new Dice(seed);
        _order = Dice.Fork("order");
    }

    public ulong Seed { get; }

    /// <summary>Where every part forks its own.</summary>
    public Dice Dice { get; }

    /// <summary>Ticks since the start: 100 ns each.</summary>
    public long NowTicks { get; private set; }

    public TimeSpan Now => new(NowTicks);

    public DateTimeOffset Start => _options.Start;

    public long Steps { get; private set; }

    /// <summary>Stands for everything that happened so far.</summary>
    public ulong Digest => _digest;

    /// <summary>Entries that are due, stale ones included.</summary>
    public int DueCount => _due.Count;

    /// <summary>
    /// What was queued to the thread pool since the world was made, by anybody in this operating-system process. Where nobody else uses
    /// it, anything but 0 is work that went astray, even if it has not come back to be caught.
    /// </summary>
    public long PoolWork => AllPoolWork - _poolWorkBefore;

    /// <summary>Why the run ended before its time; null: it did not.</summary>
    public Ending? Ended => Volatile.Read(ref _ended);

    private static long AllPoolWork => ThreadPool.CompletedWorkItemCount + ThreadPool.PendingWorkItemCount;

    /// <summary>A new process with a clock of its own.</summary>
    public SimulatedProcess StartProcess(string name, ClockSetting? clock = null) =>
        new(this, name, ++_processes, clock ?? ClockSetting.Exact);

    /// <summary>Does something later, in no process. At the same time first come is first served.</summary>
    public void At(TimeSpan after, Action action)
    {
        if (IsMine("an event"))
        {
            _due.Add(new DueEvent(NowTicks + Math.Max(0, after.Ticks), ++_sequence, action, 0));
        }
    }

    /// <summary>Runs until nothing is left to do before a time. False: the run has ended.</summary>
    public bool RunUntil(TimeSpan until)
    {
        if (!IsMine("a step"))
        {
            return false;
        }

        var former = SynchronizationContext.Current;
        var ambient = ExecutionContext.Capture();
        Restore(ambient);
        try
        {
            while (Ended is null && (_ready.Count > 0 || Advance(until.Ticks, ambient)))
            {
                RunStep(ambient);
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(former);
        }

        NowTicks = Ended is null ? Math.Max(NowTicks, until.Ticks) : NowTicks;
        return Ended is null;
    }

    /// <summary>Ends the run after this step. The first reason counts.</summary>
    public void Stop(string reason) => End(EndingKind.Stopped, reason, stack: null);

    /// <summary>An exception escaped.</summary>
    public void Fail(string where, Exception escaped) =>
        End(EndingKind.Escaped, $"{where}: {escaped.GetType().Name}: {escaped.Message}", escaped.ToString());

    /// <summary>Makes something part of the digest.</summary>
    public void Note(ulong value) => _digest = Rolling.With(_digest, value);

    /// <summary>Makes something part of the digest.</summary>
    public void Note(string text) => _digest = Rolling.With(_digest, text);

    /// <summary>Whether the caller is on the world's thread. Another one ends the run; after the end it is of no interest.</summary>
    public bool IsMine(string what)
    {
        if (Environment.CurrentManagedThreadId == _thread)
        {
            return true;
        }

        if (!_closed)
        {
            // Nothing else is touched from here: the loop sees the ending before its next step.
            End(EndingKind.ForeignThread, $"foreign thread: {what} on thread {Environment.CurrentManagedThreadId}", Environment.StackTrace);
        }

        return false;
    }

    /// <summary>Nothing that still holds a part of this world can disturb it, or be disturbed by it, any more.</summary>
    public void Dispose() => _closed = true;

    /// <summary>Puts a step into a process that is not dead.</summary>
    internal void Enqueue(SimulatedProcess process, SendOrPostCallback run, object? state, StepKind kind)
    {
        if (kind == StepKind.Continuation && _order.Chance(_options.Delayed))
        {
            At(_order.Between(TimeSpan.Zero, _options.LongestDelay), () => EnqueueNow(process, run, state, kind));
            return;
        }

        EnqueueNow(process, run, state, kind);
    }

    /// <summary>The process may run what waits in it.</summary>
    internal void SetReady(SimulatedProcess process)
    {
        if (process.Waiting.Count > 0 && !process.IsReady)
        {
            process.IsReady = true;
            _ready.Add(process);
        }
    }

    /// <summary>The process runs nothing any more, for now or for ever.</summary>
    internal void SetIdle(SimulatedProcess process)
    {
        if (process.IsReady)
        {
            process.IsReady = false;
            _ready.Remove(process);
        }
    }

    internal void AtTimer(long dueTicks, SimulatedTimer timer)
    {
        var late = _options.LatestTimer == TimeSpan.Zero ? 0 : _order.Below(_options.LatestTimer.Ticks + 1);
        _due.Add(new DueEvent(Math.Max(NowTicks, dueTicks + late), ++_sequence, timer, timer.Setting));
    }

    internal void TimerWentStale() => _due.OneWentStale();

    private void EnqueueNow(SimulatedProcess process, SendOrPostCallback run, object? state, StepKind kind)
    {
        if (process.State != ProcessState.Dead)
        {
            process.Waiting.Add(new Step(run, state, ++_sequence, kind));
            if (process.State == ProcessState.Running)
            {
                SetReady(process);
            }
        }
    }

    /// <summary>
    /// Goes on to the next instant at which something is due, and lets it happen. Events that lead nowhere are steps too, so they
    /// run here one at a time. False: nothing is due in time.
    /// </summary>
    private bool Advance(long untilTicks, ExecutionContext? ambient)
    {
        while (Ended is null && _ready.Count == 0)
        {
            if (_due.Count == 0 || _due.First.Due > untilTicks)
            {
                return false;
            }

            if (_due.First.Due > NowTicks)
            {
                NowTicks = _due.First.Due;
                _stepsAtOnce = 0;
            }

            // All that are due together, so that the order of the processes they wake is open.
            for (var last = _sequence; _due.Count > 0 && _due.First.Due == NowTicks && _due.First.Sequence <= last && Ended is null;)
            {
                Happen(_due.Take());
                Restore(ambient);
            }
        }

        return Ended is null;
    }

    private void Happen(in DueEvent due)
    {
        if (due.Target is SimulatedTimer timer)
        {
            if (timer.Setting == due.Token)
            {
                timer.ComeDue();
            }

            return;
        }

        Count(process: 0, StepKind.Event);
        try
        {
            ((Action)due.Target)();
        }
        catch (Exception escaped)
        {
            Fail("an event", escaped);
        }
    }

    private void RunStep(ExecutionContext? ambient)
    {
        var process = _ready.Count == 1 ? _ready[0] : Choose();
        var step = process.Waiting.Take();
        if (process.Waiting.Count == 0)
        {
            SetIdle(process);
        }

        Count(process.Number, step.Kind);
        try
        {
            SynchronizationContext.SetSynchronizationContext(process);
            step.Run(step.State);
        }
        catch (Exception escaped)
        {
            Fail(process.Name, escaped);
        }
        finally
        {
            Restore(ambient);
        }
    }

    /// <summary>What one step has set for what it started is not seen by the next one.</summary>
    private static void Restore(ExecutionContext? ambient)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        if (ambient is not null)
        {
            ExecutionContext.Restore(ambient);
        }
    }

    private SimulatedProcess Choose()
    {
        if (_order.Chance(_options.OtherFirst))
        {
            return _ready[_order.Below(_ready.Count)];
        }

        var first = _ready[0];
        for (var i = 1; i < _ready.Count; i++)
        {
            first = _ready[i].Waiting.FirstSequence < first.Waiting.FirstSequence ? _ready[i] : first;
        }

        return first;
    }

    private void Count(int process, StepKind kind)
    {
        Steps++;
        _digest = Rolling.With(_digest, (ulong)NowTicks ^ ((ulong)process << 52) ^ ((ulong)kind << 48));
        if (++_stepsAtOnce > _options.MostStepsAtOnce)
        {
            End(EndingKind.Livelock, $"{_options.MostStepsAtOnce} steps at one instant, the last in process {process}", stack: null);
        }
    }

    private void End(EndingKind kind, string reason, string? stack) =>
        Interlocked.CompareExchange(ref _ended, new Ending(kind, reason, stack, Now, Steps), null);
}
