using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Simulation.Cluster;
using Berth.Simulation.Kernel;
using Berth.Simulation.Model;

namespace Berth.Simulation.Checks;

/// <summary>Who knows that the store has forgotten events of a pool gives none of its seats any more; where nothing was forgotten nobody withholds any.</summary>
internal sealed class WithholdsAfterLoss : Check
{
    private readonly ClusterModel _model;
    private readonly Dictionary<(SimulatedProcess Process, string Pool), long> _known = [];
    private readonly Dictionary<(SimulatedProcess Process, string Pool), string> _lost = [];

    public WithholdsAfterLoss(ClusterModel model)
    {
        _model = model;
        model.Ledger.Happening += CheckGrant;
    }

    /// <summary>What a process was told of a pool, it knows.</summary>
    public override void OnStoreAnswer(StoreCall call)
    {
        switch (call)
        {
            case { Failure: not null }:
                break;
            case { Operation: AppendBatch append, Result: AppendResult { Outcome: AppendOutcome.Committed } }:
                Know(call.Process, append.Pool, append.ExpectedVersion + append.Batch.Count);
                break;
            case { Operation: OpenPool open, Result: OpenedPool { Result.Outcome: OpenOutcome.Opened } opened }:
                Know(call.Process, open.Pool, VersionOf(open, opened));
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public override void OnGiven(GivenAnswer answer)
    {
        if (answer.Reply is GrantsWithheld && !_model.WentBack)
        {
            Violated(FormattableString.Invariant(
                $"pool {answer.Pool}: {answer.Process.Name} at epoch {answer.Epoch.Value} withholds its seats, though the store has forgotten nothing"));
        }
    }

    /// <inheritdoc/>
    public override void OnWentBack(StoreMark mark)
    {
        foreach (var (process, pool) in _known.Keys)
        {
            FindLoss(process, pool);
        }
    }

    private static long VersionOf(OpenPool open, OpenedPool opened) => opened.Replay switch
    {
        [.., JournalRecord last] => last.LastVersion,
        [.., SnapshotPart last] => last.Version,
        _ => opened.Result.FromKnown ? open.Known!.Version : 0,
    };

    private void CheckGrant(CommittedAppend append, PoolEvent happened)
    {
        if (happened is SeatGranted granted && _lost.TryGetValue((append.Call.Process, append.Pool.Name.Value), out var lost))
        {
            Violated(FormattableString.Invariant(
                $"pool {append.Pool.Name}: {append.Call.Process.Name} at epoch {append.Batch.Epoch.Value} granted {granted.License} to {granted.Node} at version {append.Pool.Version + 1}; {lost}"));
        }
    }

    private void Know(SimulatedProcess process, PoolName pool, long version)
    {
        var key = (process, pool.Value);
        _known[key] = Math.Max(_known.GetValueOrDefault(key), version);
        if (_model.WentBack)
        {
            // What it is told now may have been done before.
            FindLoss(process, pool.Value);
        }
    }

    private void FindLoss(SimulatedProcess process, string pool)
    {
        var known = _known[(process, pool)];
        var there = _model.Ledger.PoolOf(new PoolName(pool))?.Version ?? 0;
        if (known > there)
        {
            _lost.TryAdd((process, pool), FormattableString.Invariant($"it knew version {known} when the store had {there}, at {_model.Now}"));
        }
    }
}
