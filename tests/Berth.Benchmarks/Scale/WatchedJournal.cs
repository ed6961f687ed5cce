using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Benchmarks.Scale;

/// <summary>A journal that says when the last part of a snapshot has gone by, and is otherwise the one behind it.</summary>
internal sealed class WatchedJournal(IJournal inner) : IJournal
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the answer to the last part.</summary>
    public Task SnapshotEnded => _ended.Task;

    public IHistory History => inner.History;

    public ValueTask<bool> CreatePoolAsync(PoolName pool) => inner.CreatePoolAsync(pool);

    public ValueTask<OpenResult> OpenAsync(PoolName pool, Epoch epoch, KnownPosition? known, Action<ReplayItem> replay) =>
        inner.OpenAsync(pool, epoch, known, replay);

    public ValueTask<AppendResult> AppendAsync(PoolName pool, Epoch epoch, Opening opening, long expectedVersion, JournalBatch batch) =>
        inner.AppendAsync(pool, epoch, opening, expectedVersion, batch);

    public async ValueTask<AppendResult> WriteSnapshotAsync(PoolName pool, Epoch epoch, Opening opening, SnapshotPart part)
    {
        var result = await inner.WriteSnapshotAsync(pool, epoch, opening, part);
        if (part.Index + 1 == part.Count || result.Outcome != AppendOutcome.Committed)
        {
            _ended.TrySetResult();
        }

        return result;
    }

    public ValueTask<IReadOnlyList<PoolName>> ListPoolsAsync(PoolName? after, int limit) => inner.ListPoolsAsync(after, limit);

    public ValueTask<bool> ReadNewestAsync(PoolName pool, Action<ReplayItem> replay) => inner.ReadNewestAsync(pool, replay);

    public ValueTask<IReadOnlyList<JournalRecord>> ReadAsync(PoolName pool, long version, int limit) => inner.ReadAsync(pool, version, limit);

    public ValueTask<LicenseRow?> ReadLicenseAsync(LicenseId license) => inner.ReadLicenseAsync(license);

    public ValueTask RecordDenialsAsync(IReadOnlyList<DenialCount> denials) => inner.RecordDenialsAsync(denials);

    public ValueTask<IReadOnlyList<DenialCount>> ReadDenialsAsync(PoolName pool, DenialPlace? after, int limit) =>
        inner.ReadDenialsAsync(pool, after, limit);

    public ValueTask<IReadOnlyList<DenialSum>> SumDenialsAsync(PoolName pool) => inner.SumDenialsAsync(pool);
}
