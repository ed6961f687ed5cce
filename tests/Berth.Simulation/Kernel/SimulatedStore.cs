using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;

namespace Berth.Simulation.Kernel;

/// <summary>A place in the store's life to which it can go back.</summary>
internal sealed record StoreMark(int Operations, TimeSpan At);

/// <summary>
/// The store of the cluster: one truth, and a view of it for each process, through which calls are late, lost, refused or done without
/// an answer. Every operation that may have changed the truth is kept, so that it can be rebuilt as it once was.
/// </summary>
internal sealed class SimulatedStore
{
    /// <summary>The most calls that wait for the end of an outage.</summary>
    public const int MaxHeld = 4096;

    private static readonly TimeSpan _soon = TimeSpan.FromMilliseconds(1);

    private readonly World _world;
    private readonly Func<IMembershipTable> _newTable;
    private readonly Dice _dice;
    private readonly List<StoreOperation> _done = [];
    private readonly List<StoreMark> _marks = [];
    private readonly List<StoreCall> _held = [];
    private readonly Dictionary<SimulatedProcess, StoreOutage> _cutOff = [];
    private StoreOutage _outage;
    private long _calls;

    public SimulatedStore(World world, Func<IMembershipTable> newTable, StoreWeather? weather = null)
    {
        _world = world;
        _newTable = newTable;
        _dice = world.Dice.Fork("store");
        Weather = weather ?? new StoreWeather();
        Truth = new StoreTruth(new MemoryJournal(), newTable());
    }

    public StoreWeather Weather { get; }

    /// <summary>What is really stored. Looking at it takes no time.</summary>
    public StoreTruth Truth { get; private set; }

    /// <summary>Somebody who keeps single calls and decides what becomes of them; whatever else is set does not concern those.</summary>
    public Func<StoreCall, bool>? Keeps { get; set; }

    /// <summary>Told of each operation at the moment when it takes effect, in order.</summary>
    public Action<StoreCall>? Took { get; set; }

    /// <summary>Told of each call at the moment when its caller is told, in its process.</summary>
    public Action<StoreCall>? Answered { get; set; }

    /// <summary>Told after the store has gone back in time.</summary>
    public Action<StoreMark>? WentBack { get; set; }

    /// <summary>Calls that were made.</summary>
    public long Calls => _calls;

    public IJournal JournalFor(SimulatedProcess process) => new SimulatedJournal(this, process);

    public IMembershipTable TableFor(SimulatedProcess process) => new SimulatedTable(this, process);

    /// <summary>From now on nothing of anybody gets through; <see cref="StoreOutage.None"/> ends it.</summary>
    public void SetOutage(StoreOutage outage)
    {
        _outage = outage;
        LetGo();
    }

    /// <summary>From now on nothing of one process gets through; <see cref="StoreOutage.None"/> ends it.</summary>
    public void CutOff(SimulatedProcess process, StoreOutage outage)
    {
        _cutOff.Remove(process);
        if (outage != StoreOutage.None)
        {
            _cutOff.Add(process, outage);
        }

        LetGo();
    }

    /// <summary>Where the store is now.</summary>
    public StoreMark Mark()
    {
        var mark = new StoreMark(_done.Count, _world.Now);
        _marks.Add(mark);
        return mark;
    }

    /// <summary>
    /// The store is again what it was at a mark, as after a restored backup. What is on its way takes effect on that; marks set since
    /// do not count any more.
    /// </summary>
    public void GoBackTo(StoreMark mark)
    {
        if (!_marks.Exists(one => ReferenceEquals(one, mark)))
        {
            throw new ArgumentException("The store went back further since this mark was set.", nameof(mark));
        }

        _marks.RemoveAll(later => later.Operations > mark.Operations);
        _done.RemoveRange(mark.Operations, _done.Count - mark.Operations);
        Truth = new StoreTruth(new MemoryJournal(), _newTable());
        foreach (var operation in _done)
        {
            operation.Repeat(Truth);
        }

        _world.Note("went back");
        WentBack?.Invoke(mark);
    }

    /// <summary>Makes a call. The operation must own its bytes.</summary>
    internal Task<T> CallAsync<T>(SimulatedProcess process, StoreOperation<T> operation, CancellationToken cancel = default) =>
        cancel.IsCancellationRequested ? Task.FromCanceled<T>(cancel)
        : cancel.CanBeCanceled ? WithCancelAsync(Make(process, operation), cancel)
        : Make(process, operation).Told;

    /// <summary>Makes a call of a living process. The operation must own its bytes.</summary>
    internal StoreCall<T> Make<T>(SimulatedProcess process, StoreOperation<T> operation)
    {
        var call = new StoreCall<T>(this, process, ++_calls, operation);
        if (process.IsDead || !_world.IsMine("a call of the store"))
        {
            return call;
        }

        if (Keeps?.Invoke(call) == true)
        {
            return call;
        }

        switch (OutageFor(process))
        {
            case StoreOutage.Throws:
                call.IsDropped = true;
                _world.At(_soon, () => call.Fail(Lost()));
                break;
            case StoreOutage.Hangs:
                Hold(call);
                break;
            default:
                Send(call);
                break;
        }

        return call;
    }

    /// <summary>A call whose caller has cancelled it: the dice say whether it is still on its way.</summary>
    internal void Drop(StoreCall call) => call.IsDropped |= !_dice.Chance(Weather.CancelledIsDone);

    internal void Record(StoreCall call)
    {
        _world.Note(call.Operation.Mark);
        if (call.Operation.Mutates)
        {
            _done.Add(call.Operation);
        }

        Took?.Invoke(call);
    }

    internal void Tell(StoreCall call) => Answered?.Invoke(call);

    /// <summary>How much of a replay a caller sees before the connection breaks.</summary>
    internal int DrawPart(int count) => _dice.Below(count + 1);

    private static IOException Lost() => new("the connection to the store was lost");

    private static async Task<T> WithCancelAsync<T>(StoreCall<T> call, CancellationToken cancel)
    {
        using var cancelled = cancel.Register(() => call.Cancel(cancel));
        return await call.Told;
    }

    private StoreOutage OutageFor(SimulatedProcess process) =>
        _outage != StoreOutage.None ? _outage : _cutOff.GetValueOrDefault(process);

    /// <summary>A call that gets through: most are done and answered.</summary>
    private void Send(StoreCall call)
    {
        var arrives = Weather.Request.Draw(_dice);
        var back = arrives + Weather.Answer.Draw(_dice);
        if (_dice.Chance(Weather.Refuses) && call.TryRefuse("the disk is full", back))
        {
            return;
        }

        if (_dice.Chance(Weather.FailsBefore))
        {
            call.IsDropped = true;
            _world.At(back, () => call.Fail(Lost()));
        }
        else if (_dice.Chance(Weather.FailsAfter))
        {
            _world.At(arrives + Weather.Lingering.Draw(_dice), call.TakeEffect);
            _world.At(back, () => call.Fail(Lost()));
        }
        else
        {
            _world.At(arrives, call.TakeEffect);
            _world.At(back, call.Answer);
        }
    }

    /// <summary>A call that gets nowhere until the outage is over; its caller does not wait that long.</summary>
    private void Hold(StoreCall call)
    {
        if (_held.Count < MaxHeld)
        {
            _held.Add(call);
        }

        _world.At(Weather.TimeLimit, () => call.Fail(Lost()));
    }

    /// <summary>What waited for the end of an outage goes on, or is lost, in any order.</summary>
    private void LetGo()
    {
        var free = _held.Where(call => OutageFor(call.Process) != StoreOutage.Hangs).ToList();
        _held.RemoveAll(call => OutageFor(call.Process) != StoreOutage.Hangs);
        _dice.Shuffle(free);
        foreach (var call in free)
        {
            if (_dice.Chance(Weather.HeldIsDone) && OutageFor(call.Process) == StoreOutage.None)
            {
                Send(call);
            }
            else
            {
                call.IsDropped = true;
                _world.At(_soon, () => call.Fail(Lost()));
            }
        }
    }
}
