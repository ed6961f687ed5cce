namespace Berth.Simulation.Kernel;

/// <summary>Whether a process runs.</summary>
internal enum ProcessState
{
    Running,

    /// <summary>What comes for it waits.</summary>
    Paused,

    /// <summary>For ever. What comes for it is dropped.</summary>
    Dead,
}

/// <summary>How a process dies.</summary>
internal enum KillKind
{
    /// <summary>The process alone: its machine lives, closes its connections and refuses new ones.</summary>
    Process,

    /// <summary>The whole machine: nobody hears anything any more.</summary>
    Power,
}

/// <summary>
/// A process, or anything else that runs asynchronous code: its continuations, timers, arrivals and answers are steps of the world,
/// one at a time.
/// </summary>
internal sealed class SimulatedProcess : SynchronizationContext
{
    /// <summary>The most arrivals that wait while it is paused.</summary>
    public const int MaxBacklog = 4096;

    private readonly Dice _dice;
    private readonly List<Action> _backlog = [];
    private readonly List<Action<KillKind>> _onKilled = [];
    private volatile ProcessState _state;

    internal SimulatedProcess(World world, string name, int number, ClockSetting clock)
    {
        World = world;
        Name = name;
        Number = number;
        _dice = world.Dice.Fork(name).Fork(number.ToString());
        Clock = new SimulatedClock(this, clock);
    }

    public World World { get; }

    public string Name { get; }

    /// <summary>From 1, in the order in which processes were started.</summary>
    public int Number { get; }

    public SimulatedClock Clock { get; }

    public ProcessState State => _state;

    public bool IsDead => _state == ProcessState.Dead;

    internal StepQueue Waiting { get; } = new();

    /// <summary>It stands in the world's line.</summary>
    internal bool IsReady { get; set; }

    /// <summary>Begins a loop in the process. An exception that escapes from it ends the run.</summary>
    public void Start(Func<Task> loop) => Run(StepKind.Start, () => _ = WatchAsync(loop));

    /// <summary>Runs something as a step of the process.</summary>
    public void Run(Action action) => Run(StepKind.Start, action);

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        // What is collected after the death of its process may still come by, on the finalizer's thread.
        if (!IsDead && World.IsMine($"a continuation of {Name}"))
        {
            World.Enqueue(this, d, state, StepKind.Continuation);
        }
    }

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("A process does not wait for another.");

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Stands still; its clock goes on.</summary>
    public void Pause()
    {
        if (_state == ProcessState.Running)
        {
            _state = ProcessState.Paused;
            World.SetIdle(this);
        }
    }

    /// <summary>Goes on after <see cref="Pause"/> or <see cref="Freeze"/>. What arrived meanwhile comes in any order.</summary>
    /// <param name="correctWall">After a freeze: whether the wall clock is set to the right time at once.</param>
    public void Resume(bool correctWall = true)
    {
        if (_state != ProcessState.Paused)
        {
            return;
        }

        _state = ProcessState.Running;
        Clock.Thaw(correctWall);
        _dice.Shuffle(_backlog);
        foreach (var arrival in _backlog)
        {
            Run(StepKind.Arrival, arrival);
        }

        _backlog.Clear();
        World.SetReady(this);
    }

    /// <summary>Stands still with its monotonic clock, as a frozen virtual machine.</summary>
    public void Freeze()
    {
        if (!IsDead)
        {
            Pause();
            Clock.Freeze();
        }
    }

    /// <summary>Everything of it is dropped for ever: its tasks never end, its timers never fire.</summary>
    public void Kill(KillKind kind = KillKind.Process)
    {
        if (IsDead)
        {
            return;
        }

        _state = ProcessState.Dead;
        World.SetIdle(this);
        Waiting.Clear();
        _backlog.Clear();
        Clock.DropTimers();
        _onKilled.ForEach(told => told(kind));
        _onKilled.Clear();
    }

    /// <summary>Tells when it dies.</summary>
    internal void WhenKilled(Action<KillKind> told) => _onKilled.Add(told);

    /// <summary>Something came from outside. False: too much waits already, or it is dead.</summary>
    internal bool Arrive(Action arrival)
    {
        if (_state != ProcessState.Paused)
        {
            Run(StepKind.Arrival, arrival);
            return !IsDead;
        }

        if (_backlog.Count == MaxBacklog)
        {
            return false;
        }

        _backlog.Add(arrival);
        return true;
    }

    internal void Run(StepKind kind, Action action)
    {
        if (!IsDead && World.IsMine($"a step of {Name}"))
        {
            World.Enqueue(this, static run => ((Action)run!)(), action, kind);
        }
    }

    private async Task WatchAsync(Func<Task> loop)
    {
        try
        {
            await loop();
        }
        catch (Exception escaped)
        {
            World.Fail(Name, escaped);
        }
    }
}
