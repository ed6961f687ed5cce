using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Runtime.Metrics;

/// <summary>A journal whose calls are measured.</summary>
public sealed class MeasuredJournal(IJournal inner, StoreMeasures measures) : IJournal
{
    /// <inheritdoc/>
    public IHistory History { get; } = new MeasuredHistory(inner.History, measures);

    /// <inheritdoc/>
    public ValueTask<bool> CreatePoolAsync(PoolName pool) =>
        measures.FollowAsync(StoreOperation.Open, measures.Start(), inner.CreatePoolAsync(pool));

    /// <inheritdoc/>
    public ValueTask<OpenResult> OpenAsync(PoolName pool, Epoch epoch, KnownPosition? known, Action<ReplayItem> replay) =>
        measures.FollowAsync(StoreOperation.Open, measures.Start(), inner.OpenAsync(pool, epoch, known, replay));

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(PoolName pool, Epoch epoch, Opening opening, long expectedVersion, JournalBatch batch) =>
        measures.FollowAsync(StoreOperation.Append, measures.Start(), inner.AppendAsync(pool, epoch, opening, expectedVersion, batch));

    /// <inheritdoc/>
    public ValueTask<AppendResult> WriteSnapshotAsync(PoolName pool, Epoch epoch, Opening opening, SnapshotPart part) =>
        measures.FollowAsync(StoreOperation.Snapshot, measures.Start(), inner.WriteSnapshotAsync(pool, epoch, opening, part));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PoolName>> ListPoolsAsync(PoolName? after, int limit) =>
        measures.FollowAsync(StoreOperation.Read, measures.Start(), inner.ListPoolsAsync(after, limit));

    /// <inheritdoc/>
    public ValueTask<bool> ReadNewestAsync(PoolName pool, Action<ReplayItem> replay) =>
        measures.FollowAsync(StoreOperation.Read, measures.Start(), inner.ReadNewestAsync(pool, replay));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JournalRecord>> ReadAsync(PoolName pool, long version, int limit) =>
        measures.FollowAsync(StoreOperation.Read, measures.Start(), inner.ReadAsync(pool, version, limit));

    /// <inheritdoc/>
    public ValueTask<LicenseRow?> ReadLicenseAsync(LicenseId license) =>
        measures.FollowAsync(StoreOperation.License, measures.Start(), inner.ReadLicenseAsync(license));

    /// <inheritdoc/>
    public ValueTask RecordDenialsAsync(IReadOnlyList<DenialCount> denials) =>
        measures.FollowAsync(StoreOperation.Denials, measures.Start(), inner.RecordDenialsAsync(denials));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DenialCount>> ReadDenialsAsync(PoolName pool, DenialPlace? after, int limit) =>
        measures.FollowAsync(StoreOperation.Read, measures.Start(), inner.ReadDenialsAsync(pool, after, limit));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DenialSum>> SumDenialsAsync(PoolName pool) =>
        measures.FollowAsync(StoreOperation.Read, measures.Start(), inner.SumDenialsAsync(pool));
}
