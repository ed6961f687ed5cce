using System.Runtime.InteropServices;
using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;
using Berth.Simulation.Cluster;
using Berth.Simulation.Kernel;
using Berth.Simulation.Model;

namespace Berth.Simulation.Checks;

/// <summary>
/// Once a process has sent a transfer, it does nothing more under that epoch, whatever becomes of the transfer; and once it was told that
/// it is fenced, it does not write under that opening again.
/// </summary>
internal sealed class GivenUpStaysGivenUp(ClusterModel model) : Check
{
    private readonly Dictionary<Ownership, StoreCall> _given = [];
    private readonly Dictionary<Ownership, StoreCall> _last = [];
    private readonly Dictionary<Ownership, GivenAnswer> _lastAnswer = [];
    private readonly Dictionary<(SimulatedProcess, string, Epoch, Opening), TimeSpan> _fenced = [];

    /// <inheritdoc/>
    public override void OnStore(StoreCall call) => Take(call);

    /// <inheritdoc/>
    public override void OnStoreAnswer(StoreCall call)
    {
        Take(call);
        if (call is { Failure: null, Operation: AppendBatch append, Result: AppendResult { Outcome: AppendOutcome.Fenced } })
        {
            _fenced.TryAdd((call.Process, append.Pool.Value, append.Epoch, append.Opening), model.Now);
        }
    }

    /// <inheritdoc/>
    public override void OnGiven(GivenAnswer answer)
    {
        if (LeaseKept.NeedsLease(answer.Reply))
        {
            var ownership = new Ownership(answer.Process, Shards.Of(answer.Pool), answer.Epoch);
            _lastAnswer[ownership] = answer;
            if (_given.TryGetValue(ownership, out var transfer))
            {
                CheckAnswer(transfer, answer);
            }
        }
    }

    /// <inheritdoc/>
    public override void OnWentBack(StoreMark mark)
    {
        _given.Clear();
        _last.Clear();
        _lastAnswer.Clear();
        _fenced.Clear();
    }

    /// <summary>A call is known when it takes effect or is answered; that can be after what the process did next.</summary>
    private void Take(StoreCall call)
    {
        switch (call.Operation)
        {
            case TransferShard transfer:
                GiveUp(call, new Ownership(call.Process, transfer.Shard.Shard, transfer.Shard.Epoch));
                break;
            case OpenPool open:
                Use(call, new Ownership(call.Process, Shards.Of(open.Pool), open.Epoch));
                break;
            case AppendBatch append:
                Use(call, new Ownership(call.Process, Shards.Of(append.Pool), append.Epoch));
                CheckFenced(call, append);
                break;
            default:
                break;
        }
    }

    private void GiveUp(StoreCall transfer, Ownership ownership)
    {
        if (model.WentBack || (_given.TryGetValue(ownership, out var before) && before.Number <= transfer.Number))
        {
            return;
        }

        _given[ownership] = transfer;
        if (_last.TryGetValue(ownership, out var used))
        {
            CheckUse(transfer, used);
        }

        if (_lastAnswer.TryGetValue(ownership, out var answer))
        {
            CheckAnswer(transfer, answer);
        }
    }

    private void Use(StoreCall call, Ownership ownership)
    {
        if (!_last.TryGetValue(ownership, out var before) || before.Number < call.Number)
        {
            _last[ownership] = call;
        }

        if (_given.TryGetValue(ownership, out var transfer))
        {
            CheckUse(transfer, call);
        }
    }

    private void CheckUse(StoreCall transfer, StoreCall used)
    {
        if (used.Number > transfer.Number)
        {
            Violated(FormattableString.Invariant(
                $"{used.Process.Name} sent {Name(used.Operation)} at {used.MadeAt}, but it had given {Name(transfer.Operation)} up at {transfer.MadeAt}"));
        }
    }

    private void CheckAnswer(StoreCall transfer, GivenAnswer answer)
    {
        var excused = answer.ArrivedAt <= transfer.MadeAt
            && (answer.At <= transfer.MadeAt + ClusterModel.OnTheWay || model.Standstill.Stood(answer.Process, transfer.MadeAt));
        if (answer.At > transfer.MadeAt && !excused)
        {
            Violated(FormattableString.Invariant(
                $"pool {answer.Pool}: {answer.Process.Name} said {answer.Reply} to {answer.Command} at {answer.At}, which came at ")
                + FormattableString.Invariant($"{answer.ArrivedAt}, but it had given {Name(transfer.Operation)} up at {transfer.MadeAt}"));
        }
    }

    private void CheckFenced(StoreCall call, AppendBatch append)
    {
        if (_fenced.TryGetValue((call.Process, append.Pool.Value, append.Epoch, append.Opening), out var told) && call.MadeAt > told)
        {
            Violated(FormattableString.Invariant(
                $"pool {append.Pool}: {call.Process.Name} sent an append under ({append.Epoch.Value}, {append.Opening.Value}) at {call.MadeAt}; it was told at {told} that this is fenced"));
        }
    }

    private static string Name(StoreOperation operation) => operation switch
    {
        TransferShard transfer => FormattableString.Invariant($"shard {transfer.Shard.Shard} at epoch {transfer.Shard.Epoch.Value}"),
        OpenPool open => FormattableString.Invariant($"an open of pool {open.Pool} at epoch {open.Epoch.Value}"),
        AppendBatch append => FormattableString.Invariant(
            $"an append to pool {append.Pool} after version {append.ExpectedVersion} under ({append.Epoch.Value}, {append.Opening.Value})"),
        _ => operation.ToString(),
    };

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Ownership(SimulatedProcess Process, int Shard, Epoch Epoch);
}
