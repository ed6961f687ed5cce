using Berth.Runtime.Journal;
using Berth.Simulation.Kernel;
using Berth.Simulation.Model;

namespace Berth.Simulation.Checks;

/// <summary>
/// A pool has one writer: what commits follows what is there, under the newest pair of epoch and opening, and continues the chain; what an
/// open replays is all there is.
/// </summary>
internal sealed class JournalOrder : Check
{
    public JournalOrder(ClusterModel model)
    {
        model.Ledger.Opening += CheckOpen;
        model.Ledger.Appending += CheckAppend;
        model.Ledger.Appended += CheckChain;
    }

    private void CheckOpen(RaisedOpen fact)
    {
        var (pool, call, open, opened) = fact;
        if (open.Epoch.Value < pool.Epoch.Value || opened.Result.Opening.Value <= pool.Opening.Value)
        {
            Violated(FormattableString.Invariant(
                $"pool {pool.Name}: {call.Process.Name} opened ({open.Epoch.Value}, {opened.Result.Opening.Value}) after ({pool.Epoch.Value}, {pool.Opening.Value})"));
        }

        CheckReplay(fact);
    }

    private void CheckReplay(RaisedOpen fact)
    {
        var (pool, call, open, opened) = fact;
        var known = opened.Result.FromKnown ? open.Known : null;
        var at = known?.Version ?? 0;
        var hash = known?.Hash ?? new byte[AuditChain.HashBytes];
        foreach (var item in opened.Replay)
        {
            if (item is SnapshotPart part)
            {
                (at, hash) = (part.Version, part.Hash);
            }
            else if (item is JournalRecord record)
            {
                if (record.FirstVersion != at + 1)
                {
                    Violated(FormattableString.Invariant(
                        $"pool {pool.Name}: {call.Process.Name} opened at {open.Epoch.Value}: version {record.FirstVersion} was replayed after {at}"));
                    return;
                }

                (at, hash) = (record.LastVersion, record.Hash);
            }
        }

        if (at != pool.Version || !hash.Span.SequenceEqual(pool.Head))
        {
            Violated(FormattableString.Invariant(
                $"pool {pool.Name}: {call.Process.Name} opened at {open.Epoch.Value}: the replay of {opened.Replay.Count} items ends ")
                + FormattableString.Invariant($"at {at}, the pool is at {pool.Version}{(at == pool.Version ? ", with another hash" : "")}"));
        }
    }

    private void CheckAppend(CommittedAppend fact)
    {
        var (pool, call, batch, _) = fact;
        if (batch.ExpectedVersion != pool.Version)
        {
            Violated(FormattableString.Invariant(
                $"pool {pool.Name}: {call.Process.Name} appended after version {batch.ExpectedVersion}, the pool is at {pool.Version}"));
        }

        if (batch.Epoch != pool.Epoch || batch.Opening != pool.Opening)
        {
            Violated(FormattableString.Invariant(
                $"pool {pool.Name}: {call.Process.Name} appended under ({batch.Epoch.Value}, {batch.Opening.Value}), the newest is ({pool.Epoch.Value}, {pool.Opening.Value})"));
        }
    }

    private void CheckChain(CommittedAppend fact)
    {
        var (pool, call, append, _) = fact;
        if (append.ExpectedVersion + append.Batch.Count != pool.Version)
        {
            Violated(FormattableString.Invariant(
                $"pool {pool.Name}: {call.Process.Name} appended a batch of {append.Batch.Count} events after {append.ExpectedVersion}, it holds enough for {pool.Version}"));
        }

        if (!append.Batch.Hash.Span.SequenceEqual(pool.Head))
        {
            Violated(FormattableString.Invariant(
                $"pool {pool.Name}: {call.Process.Name} appended up to {pool.Version} with another hash than the chain has"));
        }
    }
}
