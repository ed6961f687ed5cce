using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Server.Management;

/// <summary>
/// A journal that only reads, whoever owns the pools: opening takes nothing, and every append is refused. Pools on top of it answer
/// questions about what was stored when they were opened.
/// </summary>
public sealed class ReadingJournal(IJournal inner) : IJournal
{
    private static readonly AppendResult _refused = AppendResult.NotWritten("the store was opened for reading");

    /// <inheritdoc/>
    public IHistory History => inner.History;

    /// <inheritdoc/>
    public ValueTask<bool> CreatePoolAsync(PoolName pool) => new(false);

    /// <inheritdoc/>
    public async ValueTask<OpenResult> OpenAsync(PoolName pool, Epoch epoch, KnownPosition? known, Action<ReplayItem> replay)
    {
        // The global pool always exists, even where nobody has stored anything of it yet.
        var there = await inner.ReadNewestAsync(pool, replay) || pool.IsGlobal;
        return new OpenResult(there ? OpenOutcome.Opened : OpenOutcome.NoSuchPool, new Opening(0), FromKnown: false);
    }

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(PoolName pool, Epoch epoch, Opening opening, long expectedVersion, JournalBatch batch) =>
        new(_refused);

    /// <inheritdoc/>
    public ValueTask<AppendResult> WriteSnapshotAsync(PoolName pool, Epoch epoch, Opening opening, SnapshotPart part) => new(_refused);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<PoolName>> ListPoolsAsync(PoolName? after, int limit)
    {
        var pools = await inner.ListPoolsAsync(after, limit);
        return after is null && !pools.Contains(PoolName.Global) && pools.Count < limit ? [PoolName.Global, .. pools] : pools;
    }

    /// <inheritdoc/>
    public ValueTask<bool> ReadNewestAsync(PoolName pool, Action<ReplayItem> replay) => inner.ReadNewestAsync(pool, replay);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JournalRecord>> ReadAsync(PoolName pool, long version, int limit) => inner.ReadAsync(pool, version, limit);

    /// <inheritdoc/>
    public ValueTask<LicenseRow?> ReadLicenseAsync(LicenseId license) => inner.ReadLicenseAsync(license);

    /// <inheritdoc/>
    public ValueTask RecordDenialsAsync(IReadOnlyList<DenialCount> denials) =>
        throw new InvalidOperationException("The store was opened for reading.");

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DenialCount>> ReadDenialsAsync(PoolName pool, DenialPlace? after, int limit) =>
        inner.ReadDenialsAsync(pool, after, limit);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DenialSum>> SumDenialsAsync(PoolName pool) => inner.SumDenialsAsync(pool);
}
