namespace Berth.Simulation.Kernel;

/// <summary>One call on its way: what its caller may do with it.</summary>
internal abstract class NetworkCall(SimulatedNetwork network, string from, string to, SimulatedProcess? caller)
{
    public string From { get; } = from;

    /// <summary>The address.</summary>
    public string To { get; } = to;

    /// <summary>The machine of the address.</summary>
    public string ToName { get; } = SimulatedNetwork.NameOf(to);

    /// <summary>The process that called; null: something that is no process.</summary>
    public SimulatedProcess? Caller { get; } = caller;

    /// <summary>The caller knows how it ended, or does not want to know.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The word that nobody waits any more has reached the receiver.</summary>
    public bool IsCalledOff { get; private set; }

    /// <summary>Among the calls of its caller; null: not there.</summary>
    internal LinkedListNode<NetworkCall>? Place { get; set; }

    /// <summary>What was delivered and is not answered: one, or two where it was duplicated.</summary>
    internal List<NetworkVisit> Visits { get; } = [];

    protected SimulatedNetwork Network { get; } = network;

    /// <summary>The caller does not wait any more; the receiver hears of it after a while.</summary>
    public void GiveUp()
    {
        if (!IsOver)
        {
            Network.Counts.GivenUp++;
            Close();
            Network.SendCallOff(this);
        }
    }

    internal abstract NetworkVisit Deliver(SimulatedProcess receiver, bool isFirst);

    internal abstract void Fail(NetworkEnd end);

    internal void CallOff()
    {
        IsCalledOff = true;
        foreach (var visit in Visits.ToArray())
        {
            visit.Cancel();
        }
    }

    /// <summary>False: it was over already.</summary>
    protected bool Close()
    {
        if (IsOver)
        {
            return false;
        }

        IsOver = true;
        if (Place is { List: { } calls })
        {
            calls.Remove(Place);
        }

        return true;
    }
}

/// <summary>One call with its kind of answer.</summary>
internal sealed class NetworkCall<T>(
    SimulatedNetwork network,
    (string From, string To, SimulatedProcess? Caller) way,
    Func<CancellationToken, Task<T>>? onArrival,
    Action<NetworkOutcome<T>> onEnd)
    : NetworkCall(network, way.From, way.To, way.Caller)
{
    /// <summary>What the listener does with it, where the caller brings nothing of its own.</summary>
    public Func<Func<CancellationToken, Task<T>>?>? Listener { get; init; }

    internal override NetworkVisit Deliver(SimulatedProcess receiver, bool isFirst) =>
        new NetworkVisit<T>(Network, this, receiver, isFirst);

    internal override void Fail(NetworkEnd end) => End(new(end, default));

    /// <summary>What runs in the receiver; null: it does not listen any more.</summary>
    internal Func<CancellationToken, Task<T>>? Arrival() => onArrival ?? Listener?.Invoke();

    internal void End(NetworkOutcome<T> outcome)
    {
        if (!Close())
        {
            return;
        }

        Network.Count(outcome.End);
        if (Caller is null)
        {
            onEnd(outcome);
        }
        else
        {
            Caller.Run(StepKind.Answer, () => onEnd(outcome));
        }
    }
}
