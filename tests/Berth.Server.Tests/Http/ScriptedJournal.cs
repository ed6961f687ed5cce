using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Server.Tests.Http;

/// <summary>A journal in memory whose appends and license reads a test can hold, refuse or break. Null: as they are.</summary>
internal sealed class ScriptedJournal : IJournal
{
    private readonly MemoryJournal _kept = new();

    /// <summary>Called instead of an append, with the append itself.</summary>
    public Func<Func<ValueTask<AppendResult>>, ValueTask<AppendResult>>? OnAppend { get; set; }

    /// <summary>Called instead of reading a license, with the reading itself.</summary>
    public Func<Func<ValueTask<LicenseRow?>>, ValueTask<LicenseRow?>>? OnReadLicense { get; set; }

    public IHistory History => _kept.History;

    public ValueTask<bool> CreatePoolAsync(PoolName pool) => _kept.CreatePoolAsync(pool);

    public ValueTask<OpenResult> OpenAsync(PoolName pool, Epoch epoch, KnownPosition? known, Action<ReplayItem> replay) =>
        _kept.OpenAsync(pool, epoch, known, replay);

    public ValueTask<AppendResult> AppendAsync(PoolName pool, Epoch epoch, Opening opening, long expectedVersion, JournalBatch batch) =>
        OnAppend is { } script
            ? script(() => _kept.AppendAsync(pool, epoch, opening, expectedVersion, batch))
            : _kept.AppendAsync(pool, epoch, opening, expectedVersion, batch);

    public ValueTask<AppendResult> WriteSnapshotAsync(PoolName pool, Epoch epoch, Opening opening, SnapshotPart part) =>
        _kept.WriteSnapshotAsync(pool, epoch, opening, part);

    public ValueTask<IReadOnlyList<PoolName>> ListPoolsAsync(PoolName? after, int limit) => _kept.ListPoolsAsync(after, limit);

    public ValueTask<bool> ReadNewestAsync(PoolName pool, Action<ReplayItem> replay) => _kept.ReadNewestAsync(pool, replay);

    public ValueTask<IReadOnlyList<JournalRecord>> ReadAsync(PoolName pool, long version, int limit) =>
        _kept.ReadAsync(pool, version, limit);

    public ValueTask<LicenseRow?> ReadLicenseAsync(LicenseId license) =>
        OnReadLicense is { } script ? script(() => _kept.ReadLicenseAsync(license)) : _kept.ReadLicenseAsync(license);

    public ValueTask RecordDenialsAsync(IReadOnlyList<DenialCount> denials) => _kept.RecordDenialsAsync(denials);

    public ValueTask<IReadOnlyList<DenialCount>> ReadDenialsAsync(PoolName pool, DenialPlace? after, int limit) =>
        _kept.ReadDenialsAsync(pool, after, limit);

    public ValueTask<IReadOnlyList<DenialSum>> SumDenialsAsync(PoolName pool) => _kept.SumDenialsAsync(pool);
}
