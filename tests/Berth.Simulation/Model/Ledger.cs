using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Model;

/// <summary>An append that was committed.</summary>
internal sealed record CommittedAppend(PoolLedger Pool, StoreCall Call, AppendBatch Batch, TimeSpan At);

/// <summary>An open that succeeded.</summary>
internal sealed record RaisedOpen(PoolLedger Pool, StoreCall Call, OpenPool Open, OpenedPool Opened);

/// <summary>
/// The truth about seats, from the committed events alone. Each append is read once; whoever wants to see its events before they stand
/// is told here.
/// </summary>
internal sealed class Ledger
{
    private readonly Dictionary<string, PoolLedger> _pools = new(StringComparer.Ordinal);

    /// <summary>Told of an open before it counts.</summary>
    public Action<RaisedOpen>? Opening { get; set; }

    /// <summary>Told of an append before any of its events stands.</summary>
    public Action<CommittedAppend>? Appending { get; set; }

    /// <summary>Told of each event before it stands.</summary>
    public Action<CommittedAppend, PoolEvent>? Happening { get; set; }

    /// <summary>Told of an append when all of its events stand.</summary>
    public Action<CommittedAppend>? Appended { get; set; }

    public IReadOnlyCollection<PoolLedger> Pools => _pools.Values;

    public PoolLedger? PoolOf(PoolName name) => _pools.GetValueOrDefault(name.Value);

    /// <summary>Begins anew.</summary>
    public void Forget() => _pools.Clear();

    /// <summary>Takes an operation that took effect.</summary>
    /// <param name="call">The operation.</param>
    /// <param name="at">When.</param>
    /// <param name="again">It is only repeated, after the store went back: nobody is told.</param>
    public void Take(StoreCall call, TimeSpan at, bool again)
    {
        switch (call.Operation)
        {
            case CreatePool create:
                Make(create.Pool);
                break;
            case OpenPool open when call.Result is OpenedPool { Result.Outcome: OpenOutcome.Opened } opened:
                var raised = new RaisedOpen(Make(open.Pool), call, open, opened);
                Tell(again ? null : Opening, raised);
                (raised.Pool.Epoch, raised.Pool.Opening) = (open.Epoch, opened.Result.Opening);
                break;
            case AppendBatch append when call.Result is AppendResult { Outcome: AppendOutcome.Committed }:
                Append(new CommittedAppend(Make(append.Pool), call, append, at), again);
                break;
            default:
                break;
        }
    }

    private static void Tell<T>(Action<T>? listener, T fact) => listener?.Invoke(fact);

    private void Append(CommittedAppend append, bool again)
    {
        Tell(again ? null : Appending, append);
        byte[] hash = [.. append.Pool.Head];
        foreach (var stored in new EventFrames(append.Batch.Batch.Bytes))
        {
            AuditChain.Extend(hash, stored.Span);
            var happened = EventCodec.Read(stored.Span);
            if (!again)
            {
                Happening?.Invoke(append, happened);
            }

            append.Pool.Apply(happened, append.At);
        }

        append.Pool.EndBatch(hash);
        Tell(again ? null : Appended, append);
    }

    private PoolLedger Make(PoolName name)
    {
        if (!_pools.TryGetValue(name.Value, out var pool))
        {
            _pools.Add(name.Value, pool = new PoolLedger(name));
        }

        return pool;
    }
}
