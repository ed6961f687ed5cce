using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Simulation.Kernel;

/// <summary>The journal of a store as one process sees it. Bytes are copied when the call is made.</summary>
internal sealed class SimulatedJournal(SimulatedStore store, SimulatedProcess process) : IJournal
{
    /// <inheritdoc/>
    public IHistory History { get; } = new SimulatedHistory(store, process);

    /// <inheritdoc/>
    public ValueTask<bool> CreatePoolAsync(PoolName pool) => new(store.CallAsync(process, new CreatePool(pool)));

    /// <inheritdoc/>
    public async ValueTask<OpenResult> OpenAsync(PoolName pool, Epoch epoch, KnownPosition? known, Action<ReplayItem> replay)
    {
        var call = store.Make(process, new OpenPool(pool, epoch, known is null ? null : known with { Hash = known.Hash.ToArray() }));
        try
        {
            var opened = await call.Told;
            Replay(opened, opened.Replay.Count);
            return opened.Result;
        }
        catch (IOException) when (call.Outcome is { } begun)
        {
            // A connection that breaks may do so in the middle of the answer.
            Replay(begun, store.DrawPart(begun.Replay.Count));
            throw;
        }

        void Replay(OpenedPool opened, int count)
        {
            for (var i = 0; i < count; i++)
            {
                replay(opened.Replay[i]);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(PoolName pool, Epoch epoch, Opening opening, long expectedVersion, JournalBatch batch) =>
        new(store.CallAsync(process, new AppendBatch(pool, epoch, opening, expectedVersion, batch with
        {
            Bytes = batch.Bytes.ToArray(),
            Hash = batch.Hash.ToArray(),
            AddedLicenses = [.. batch.AddedLicenses.Select(Copy)],
            DroppedLicenses = [.. batch.DroppedLicenses],
            ReplacedLicenses = [.. batch.ReplacedLicenses.Select(Copy)],
        })));

    /// <inheritdoc/>
    public ValueTask<AppendResult> WriteSnapshotAsync(PoolName pool, Epoch epoch, Opening opening, SnapshotPart part) =>
        new(store.CallAsync(process, new WriteSnapshot(pool, epoch, opening, Copy(part))));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PoolName>> ListPoolsAsync(PoolName? after, int limit) =>
        Read(nameof(ListPoolsAsync), journal => journal.ListPoolsAsync(after, limit));

    /// <inheritdoc/>
    public async ValueTask<bool> ReadNewestAsync(PoolName pool, Action<ReplayItem> replay)
    {
        var items = new List<ReplayItem>();
        var there = await Read(nameof(ReadNewestAsync), journal => journal.ReadNewestAsync(pool, items.Add));
        items.ForEach(replay);
        return there;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JournalRecord>> ReadAsync(PoolName pool, long version, int limit) =>
        Read(nameof(ReadAsync), journal => journal.ReadAsync(pool, version, limit));

    /// <inheritdoc/>
    public ValueTask<LicenseRow?> ReadLicenseAsync(LicenseId license) =>
        Read(nameof(ReadLicenseAsync), journal => journal.ReadLicenseAsync(license));

    /// <inheritdoc/>
    public async ValueTask RecordDenialsAsync(IReadOnlyList<DenialCount> denials) =>
        await store.CallAsync(process, new RecordDenials([.. denials]));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DenialCount>> ReadDenialsAsync(PoolName pool, DenialPlace? after, int limit) =>
        Read(nameof(ReadDenialsAsync), journal => journal.ReadDenialsAsync(pool, after, limit));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DenialSum>> SumDenialsAsync(PoolName pool) =>
        Read(nameof(SumDenialsAsync), journal => journal.SumDenialsAsync(pool));

    internal static SnapshotPart Copy(SnapshotPart part) => part with { Bytes = part.Bytes.ToArray(), Hash = part.Hash.ToArray() };

    private static LicenseRow Copy(LicenseRow row) => row with { File = row.File.ToArray() };

    private ValueTask<T> Read<T>(string what, Func<IJournal, ValueTask<T>> ask) =>
        new(store.CallAsync(process, new PassedOn<T>(what, Changes: false, truth => ask(truth.Journal))));
}
