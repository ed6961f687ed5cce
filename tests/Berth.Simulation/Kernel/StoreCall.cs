namespace Berth.Simulation.Kernel;

/// <summary>One call of the store: what was asked, when it took effect, what came of it.</summary>
internal abstract class StoreCall(SimulatedStore store, SimulatedProcess process, long number)
{
    public SimulatedProcess Process { get; } = process;

    /// <summary>In the order in which calls were made.</summary>
    public long Number { get; } = number;

    public TimeSpan MadeAt { get; } = process.World.Now;

    public abstract StoreOperation Operation { get; }

    /// <summary>It has taken effect on the truth.</summary>
    public bool TookEffect { get; protected set; }

    /// <summary>What the truth said, or how it was refused; null: neither yet, or the call broke its contract.</summary>
    public abstract object? Result { get; }

    /// <summary>What the caller was told instead of a result; null: it was told the result, or nothing yet.</summary>
    public Exception? Failure { get; protected set; }

    /// <summary>The caller was told something.</summary>
    public bool IsAnswered { get; protected set; }

    /// <summary>It never takes effect any more, if it has not yet.</summary>
    internal bool IsDropped { get; set; }

    protected SimulatedStore Store { get; } = store;

    /// <summary>Takes effect, unless it was dropped on its way.</summary>
    internal abstract void TakeEffect();

    /// <summary>Tells the caller what the truth said, as a step of its process.</summary>
    internal abstract void Answer();

    /// <summary>Tells the caller that nobody knows, as a step of its process.</summary>
    internal abstract void Fail(Exception failure);

    /// <summary>Refuses the call, if it is one that can be refused.</summary>
    internal abstract bool TryRefuse(string reason, TimeSpan after);
}

/// <summary>One call with its kind of answer.</summary>
internal sealed class StoreCall<T>(SimulatedStore store, SimulatedProcess process, long number, StoreOperation<T> operation)
    : StoreCall(store, process, number)
{
    private readonly TaskCompletionSource<T> _told = new();
    private T? _result;
    private Exception? _thrown;

    public override StoreOperation Operation => operation;

    public override object? Result => _result;

    /// <summary>What the truth said, also where the caller is not told so.</summary>
    public T? Outcome => _result;

    public Task<T> Told => _told.Task;

    /// <summary>The caller does not wait any more. Whether the request is still on its way is up to the store.</summary>
    public void Cancel(CancellationToken cancelled)
    {
        if (!IsAnswered)
        {
            IsAnswered = true;
            Failure = new TaskCanceledException();
            Store.Drop(this);
            Store.Tell(this);
            _told.TrySetCanceled(cancelled);
        }
    }

    internal override void TakeEffect()
    {
        if (IsDropped || TookEffect)
        {
            return;
        }

        try
        {
            TookEffect = true;
            _result = operation.Apply(Store.Truth);
        }
        catch (ArgumentException refused)
        {
            // A call that breaks its contract changes nothing, and the caller is told so.
            _thrown = refused;
            return;
        }

        Store.Record(this);
    }

    internal override void Answer()
    {
        if (_thrown is not null)
        {
            Fail(_thrown);
            return;
        }

        Process.Run(StepKind.Answer, () => Say(_result!));
    }

    internal override void Fail(Exception failure) => Process.Run(StepKind.Answer, () =>
    {
        if (!IsAnswered)
        {
            IsAnswered = true;
            Failure = failure;
            Store.Tell(this);
            _told.TrySetException(failure);
        }
    });

    internal override bool TryRefuse(string reason, TimeSpan after)
    {
        if (!operation.TryRefuse(reason, out var refusal))
        {
            return false;
        }

        IsDropped = true;
        Process.World.At(after, () => Process.Run(StepKind.Answer, () =>
        {
            _result = refusal;
            Say(refusal);
        }));
        return true;
    }

    private void Say(T answer)
    {
        if (!IsAnswered)
        {
            IsAnswered = true;
            Store.Tell(this);
            _told.TrySetResult(answer);
        }
    }
}
