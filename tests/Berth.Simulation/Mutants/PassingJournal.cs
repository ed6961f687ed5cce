using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Simulation.Mutants;

/// <summary>Stands between a member and its journal and passes everything on. A mistake overrides what it makes wrong.</summary>
internal abstract class PassingJournal(IJournal journal) : IJournal
{
    /// <inheritdoc/>
    public IHistory History => journal.History;

    protected IJournal Behind => journal;

    /// <inheritdoc/>
    public ValueTask<bool> CreatePoolAsync(PoolName pool) => journal.CreatePoolAsync(pool);

    /// <inheritdoc/>
    public virtual ValueTask<OpenResult> OpenAsync(PoolName pool, Epoch epoch, KnownPosition? known, Action<ReplayItem> replay) =>
        journal.OpenAsync(pool, epoch, known, replay);

    /// <inheritdoc/>
    public virtual ValueTask<AppendResult> AppendAsync(
        PoolName pool, Epoch epoch, Opening opening, long expectedVersion, JournalBatch batch) =>
        journal.AppendAsync(pool, epoch, opening, expectedVersion, batch);

    /// <inheritdoc/>
    public ValueTask<AppendResult> WriteSnapshotAsync(PoolName pool, Epoch epoch, Opening opening, SnapshotPart part) =>
        journal.WriteSnapshotAsync(pool, epoch, opening, part);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PoolName>> ListPoolsAsync(PoolName? after, int limit) => journal.ListPoolsAsync(after, limit);

    /// <inheritdoc/>
    public ValueTask<bool> ReadNewestAsync(PoolName pool, Action<ReplayItem> replay) => journal.ReadNewestAsync(pool, replay);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JournalRecord>> ReadAsync(PoolName pool, long version, int limit) =>
        journal.ReadAsync(pool, version, limit);

    /// <inheritdoc/>
    public ValueTask<LicenseRow?> ReadLicenseAsync(LicenseId license) => journal.ReadLicenseAsync(license);

    /// <inheritdoc/>
    public ValueTask RecordDenialsAsync(IReadOnlyList<DenialCount> denials) => journal.RecordDenialsAsync(denials);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DenialCount>> ReadDenialsAsync(PoolName pool, DenialPlace? after, int limit) =>
        journal.ReadDenialsAsync(pool, after, limit);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DenialSum>> SumDenialsAsync(PoolName pool) => journal.SumDenialsAsync(pool);
}
