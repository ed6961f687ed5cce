using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Simulation.Cluster;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Mutants;

/// <summary>Mistakes of a store's driver, made between a member and its journal.</summary>
internal static class SeamMutants
{
    public static readonly Mutant OpenReadsBeforeFence = OverJournal(
        "open-reads-before-fence", "An open reads first and raises the fence second.", (journal, _) => new EarlyReader(journal));

    public static readonly Mutant FencedAsNotWritten = OverJournal(
        "fenced-as-not-written", "An append that was fenced is told as one that the store refused.", (journal, _) => new FenceHider(journal));

    private static SeamMutant OverJournal(string name, string what, Func<IJournal, SimulatedProcess, IJournal> over) =>
        new(name, what, setting => setting with { OverJournal = over });

    private sealed class EarlyReader(IJournal journal) : PassingJournal(journal)
    {
        /// <inheritdoc/>
        public override async ValueTask<OpenResult> OpenAsync(
            PoolName pool, Epoch epoch, KnownPosition? known, Action<ReplayItem> replay)
        {
            var read = new List<ReplayItem>();
            await Behind.ReadNewestAsync(pool, read.Add);
            var result = await Behind.OpenAsync(pool, epoch, known: null, _ => { });
            if (result.Outcome == OpenOutcome.Opened)
            {
                read.ForEach(replay);
            }

            return result;
        }
    }

    private sealed class FenceHider(IJournal journal) : PassingJournal(journal)
    {
        /// <inheritdoc/>
        public override async ValueTask<AppendResult> AppendAsync(
            PoolName pool, Epoch epoch, Opening opening, long expectedVersion, JournalBatch batch)
        {
            var result = await Behind.AppendAsync(pool, epoch, opening, expectedVersion, batch);
            return result.Outcome == AppendOutcome.Fenced ? AppendResult.NotWritten("the store refused it") : result;
        }
    }
}
