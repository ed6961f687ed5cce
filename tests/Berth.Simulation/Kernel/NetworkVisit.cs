namespace Berth.Simulation.Kernel;

/// <summary>One delivery of a call to its receiver, until that has answered.</summary>
internal abstract class NetworkVisit : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private bool _left;

    protected NetworkVisit(SimulatedNetwork network, NetworkCall call, SimulatedProcess receiver, bool isFirst)
    {
        Network = network;
        Call = call;
        Receiver = receiver;
        IsFirst = isFirst;
        Gone = _gone.Token;
        call.Visits.Add(this);
    }

    public NetworkCall Call { get; }

    public SimulatedProcess Receiver { get; }

    /// <summary>Not the second delivery of the same request: that one is never answered.</summary>
    public bool IsFirst { get; }

    /// <summary>Among the visits of its receiver.</summary>
    internal LinkedListNode<NetworkVisit>? Place { get; set; }

    protected SimulatedNetwork Network { get; }

    protected CancellationToken Gone { get; }

    /// <summary>It is not under way any more.</summary>
    public void Dispose()
    {
        _left = true;
        _gone.Dispose();
        Call.Visits.Remove(this);
        if (Place is { List: { } visits })
        {
            visits.Remove(Place);
        }
    }

    /// <summary>A step of the receiver.</summary>
    internal abstract void Begin();

    /// <summary>Nobody waits any more: the receiver is told, as a step of its own.</summary>
    internal void Cancel() => Receiver.Run(StepKind.Arrival, CancelNow);

    protected void CancelNow()
    {
        if (!_left)
        {
            _gone.Cancel();
        }
    }
}

/// <summary>One delivery with its kind of answer.</summary>
internal sealed class NetworkVisit<T>(SimulatedNetwork network, NetworkCall<T> call, SimulatedProcess receiver, bool isFirst)
    : NetworkVisit(network, call, receiver, isFirst)
{
    internal override void Begin()
    {
        if (call.Arrival() is not { } arrival)
        {
            Dispose();
            Network.SendEnd(this, () => call.Fail(NetworkEnd.Refused));
            return;
        }

        if (call.IsCalledOff)
        {
            CancelNow();
        }

        Network.Counts.Delivered++;
        _ = HandleAsync(arrival);
    }

    private async Task HandleAsync(Func<CancellationToken, Task<T>> arrival)
    {
        try
        {
            var answer = await arrival(Gone);
            Dispose();
            Network.SendEnd(this, () => call.End(new(NetworkEnd.Answered, answer)));
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested)
        {
            Dispose();
        }
        catch (Exception escaped)
        {
            Dispose();
            Receiver.World.Fail($"{Receiver.Name}, handling a call from {Call.From}", escaped);
        }
    }
}
