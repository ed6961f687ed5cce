using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Simulation.Kernel;
using Berth.Simulation.Model;

namespace Berth.Simulation.Checks;

/// <summary>
/// After shards were taken from a member, nothing that somebody may hold is freed until that member's lease has ended in the world's time,
/// whatever speaks for its death.
/// </summary>
internal sealed class SettlesBeforeFreeing : Check
{
    private readonly ClusterModel _model;
    private readonly Dictionary<Incarnation, TimeSpan> _leases = [];
    private readonly Dictionary<(int Shard, Epoch Epoch), Taking> _taken = [];

    public SettlesBeforeFreeing(ClusterModel model)
    {
        _model = model;
        model.Ledger.Happening += CheckEvent;
    }

    /// <inheritdoc/>
    public override void OnStore(StoreCall call)
    {
        switch (call.Operation, call.Result)
        {
            case (JoinCluster join, JoinResult { Incarnation: { } joined }):
                _leases[joined] = join.Card.Lease;
                break;
            case (AcquireShards { From: { } from }, AcquireResult { Outcome: AcquireOutcome.Acquired } acquired):
                Take(from.Incarnation, acquired.Taken);
                break;
            case (TransferShard transfer, TransferOutcome.Moved):
                HandOn(transfer);
                break;
            default:
                break;
        }
    }

    private void Take(Incarnation from, IReadOnlyList<OwnedShard> taken)
    {
        foreach (var pair in taken)
        {
            if (pair.FormerLease > TimeSpan.Zero && _leases.TryGetValue(from, out var lease))
            {
                var until = _model.Now + lease - (lease / 1000);
                var before = _taken.GetValueOrDefault((pair.Shard, new Epoch(pair.Epoch.Value - 1)));
                _taken[(pair.Shard, pair.Epoch)] = before?.Until > until ? before : new Taking(from, _model.Now, until);
            }
        }
    }

    /// <summary>Who hands a shard on early does not make an earlier owner's lease any shorter.</summary>
    private void HandOn(TransferShard transfer)
    {
        var (shard, epoch, _) = transfer.Shard;
        if (_taken.TryGetValue((shard, epoch), out var taking) && taking.Until > _model.Now)
        {
            _taken[(shard, new Epoch(epoch.Value + 1))] = taking;
        }
    }

    private void CheckEvent(CommittedAppend append, PoolEvent happened)
    {
        if (!_model.WentBack
            && happened is SeatReleased { Cause: ReleaseCause.Node } or SeatTaken or LicenseRemoved or LicenseChanged
            && _taken.TryGetValue((append.Pool.Shard, append.Batch.Epoch), out var taking)
            && append.At < taking.Until)
        {
            Violated(FormattableString.Invariant(
                $"pool {append.Pool.Name}: {append.Call.Process.Name} committed {happened.GetType().Name} at version {append.Pool.Version + 1}, ")
                + FormattableString.Invariant($"epoch {append.Batch.Epoch.Value}; shard {append.Pool.Shard} was taken from incarnation ")
                + FormattableString.Invariant($"{taking.From.Value} at {taking.At}, whose lease may last until {taking.Until}"));
        }
    }

    private sealed record Taking(Incarnation From, TimeSpan At, TimeSpan Until);
}
