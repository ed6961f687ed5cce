using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Storage.Sqlite;

/// <summary>The journal in a SQLite file. Without a writer it can only be read.</summary>
internal sealed class SqliteJournal(SqliteReaders readers, SqliteWriter? writer, TimeProvider time) : IJournal
{
    internal const string OnlyRead = "the store was opened for reading";

    private readonly AppendRequests _appends = new();

    /// <inheritdoc/>
    public IHistory History { get; } = new SqliteJournalHistory(readers, writer);

    /// <inheritdoc/>
    public ValueTask<bool> CreatePoolAsync(PoolName pool) =>
        Writer.SubmitAsync(new CreateRequest(pool, time.GetUtcNow().ToUnixTimeSeconds()));

    /// <inheritdoc/>
    public async ValueTask<OpenResult> OpenAsync(PoolName pool, Epoch epoch, KnownPosition? known, Action<ReplayItem> replay)
    {
        // First the fence, durable; then what stands behind it, which only newer openings can add to.
        var result = await Writer.SubmitAsync(new OpenRequest(pool, epoch));
        if (result.Outcome != OpenOutcome.Opened)
        {
            return result;
        }

        var fromKnown = await readers.ReadLongAsync((pool, known, replay), static (reader, what) =>
            reader.Replay(what.pool, what.known, what.replay));
        return result with { FromKnown = fromKnown ?? false };
    }

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(PoolName pool, Epoch epoch, Opening opening, long expectedVersion, JournalBatch batch)
    {
        if ((writer is null ? OnlyRead : JournalLimits.Flaw(batch)) is { } reason)
        {
            return new(AppendResult.NotWritten(reason));
        }

        var request = _appends.Rent();
        request.Use(new Hold(pool, epoch, opening), expectedVersion, batch);
        return writer!.SubmitAsync(request);
    }

    /// <inheritdoc/>
    public ValueTask<AppendResult> WriteSnapshotAsync(PoolName pool, Epoch epoch, Opening opening, SnapshotPart part) =>
        (writer is null ? OnlyRead : JournalLimits.Flaw(part)) is { } reason
            ? new(AppendResult.NotWritten(reason))
            : writer!.SubmitAsync(new SnapshotRequest(new Hold(pool, epoch, opening), part));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PoolName>> ListPoolsAsync(PoolName? after, int limit) =>
        readers.ReadAsync((after, limit), static (reader, what) => reader.Pools(what.after, what.limit));

    /// <inheritdoc/>
    public async ValueTask<bool> ReadNewestAsync(PoolName pool, Action<ReplayItem> replay) =>
        await readers.ReadLongAsync((pool, replay), static (reader, what) => reader.Replay(what.pool, null, what.replay)) is not null;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JournalRecord>> ReadAsync(PoolName pool, long version, int limit) =>
        readers.ReadLongAsync((pool, version, limit), static (reader, what) => reader.Records(what.pool, what.version, what.limit));

    /// <inheritdoc/>
    public ValueTask<LicenseRow?> ReadLicenseAsync(LicenseId license) =>
        readers.ReadAsync(license, static (reader, id) => reader.License(id));

    /// <inheritdoc/>
    public async ValueTask RecordDenialsAsync(IReadOnlyList<DenialCount> denials)
    {
        JournalLimits.Check(denials);
        await Writer.SubmitAsync(new DenialRequest(denials));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DenialCount>> ReadDenialsAsync(PoolName pool, DenialPlace? after, int limit) =>
        readers.ReadLongAsync((pool, after, limit), static (reader, what) => reader.Denials(what.pool, what.after, what.limit));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DenialSum>> SumDenialsAsync(PoolName pool) =>
        readers.ReadLongAsync(pool, static (reader, name) => reader.DenialSums(name));

    private SqliteWriter Writer => writer ?? throw new StoreException(OnlyRead);
}
