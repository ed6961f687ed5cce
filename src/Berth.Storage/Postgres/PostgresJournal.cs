using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Storage.Postgres;

/// <summary>
/// The journal in a PostgreSQL database whose tables <see cref="PostgresSchema"/> has made. It connects when it is first used, and again
/// whenever a connection ended. Disposing it writes what was submitted before.
/// </summary>
internal sealed class PostgresJournal : IJournal, IAsyncDisposable
{
    internal const string OnlyRead = "the store was opened for reading";
    internal const string Closed = "the store is closed";

    private readonly PoolQueue<AppendRequest> _appends = new();
    private readonly PoolQueue<FenceRequest> _fences = new();
    private readonly PoolQueue<ReplayRequest> _replays = new();
    private readonly JournalSessions _sessions;
    private readonly JournalReads _reads;
    private readonly LicenseReads _licenses;
    private readonly JournalTransactions _transactions;
    private readonly Task _lanes;

    /// <param name="connectionString">As Npgsql takes it. Several hosts follow a failover. It holds what is a secret and is never logged.</param>
    /// <param name="time">Where time comes from.</param>
    /// <param name="options">How it uses the server.</param>
    public PostgresJournal(string connectionString, TimeProvider time, PostgresJournalOptions options)
    {
        _sessions = new JournalSessions(connectionString, options, time);
        _reads = new JournalReads(_sessions);
        _licenses = new LicenseReads(_reads);
        _transactions = new JournalTransactions(_sessions);
        History = new PostgresHistory(_reads, _transactions, _replays, options.Writes);
        _lanes = Task.WhenAll(
        [
            .. Lanes(options.AppendConnections, () => new GroupLane<AppendRequest>(_sessions, _appends, new AppendStatement()).RunAsync()),
            .. Lanes(options.OpenConnections, () => new GroupLane<FenceRequest>(_sessions, _fences, new FenceStatement()).RunAsync()),
            .. Lanes(options.OpenConnections, () => new ReplayLane(_sessions, _replays).RunAsync()),
        ]);
    }

    /// <inheritdoc/>
    public IHistory History { get; }

    private bool Writes => _sessions.Options.Writes;

    private JournalTransactions Transactions => Writes ? _transactions : throw new StoreException(OnlyRead);

    /// <inheritdoc/>
    public async ValueTask<bool> CreatePoolAsync(PoolName pool)
    {
        var created = _sessions.Time.GetUtcNow().ToUnixTimeSeconds();
        return await Transactions.RunAsync(async sql => new Worked<bool>(await sql.RunAsync("""
            WITH made AS (INSERT INTO pools (name, created) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id)
            INSERT INTO denial_rows (pool_id, stored) SELECT id, 0 FROM made
            """, pool.Value, created) == 1));
    }

    /// <inheritdoc/>
    public async ValueTask<OpenResult> OpenAsync(PoolName pool, Epoch epoch, KnownPosition? known, Action<ReplayItem> replay)
    {
        if (!Writes)
        {
            throw new StoreException(OnlyRead);
        }

        // First the fence, durable; then what stands behind it, which only newer openings can add to.
        var fence = new FenceRequest(pool, epoch);
        if (!await _fences.AddAsync(fence))
        {
            fence.Refuse(Closed);
        }

        var raised = await fence.Answer;
        var fromKnown = raised.Outcome == OpenOutcome.Opened && await ReplayAsync(pool, known, replay) == true;
        return new OpenResult(raised.Outcome, raised.Opening, fromKnown);
    }

    /// <inheritdoc/>
    public async ValueTask<AppendResult> AppendAsync(PoolName pool, Epoch epoch, Opening opening, long expectedVersion, JournalBatch batch)
    {
        if ((Writes ? JournalLimits.Flaw(batch) : OnlyRead) is { } reason)
        {
            return AppendResult.NotWritten(reason);
        }

        var hold = new PoolHold(pool, epoch, opening);
        if (batch.AddedLicenses.Count + batch.ReplacedLicenses.Count + batch.DroppedLicenses.Count > 0)
        {
            return await _transactions.RunAsync(new LicensedAppend(hold, expectedVersion, batch).WriteAsync, AppendResult.NotWritten);
        }

        var request = new AppendRequest(hold, expectedVersion, batch);
        return await _appends.AddAsync(request) ? await request.Answer : AppendResult.NotWritten(Closed);
    }

    /// <inheritdoc/>
    public async ValueTask<AppendResult> WriteSnapshotAsync(PoolName pool, Epoch epoch, Opening opening, SnapshotPart part) =>
        (Writes ? JournalLimits.Flaw(part) : OnlyRead) is { } reason
            ? AppendResult.NotWritten(reason)
            : await _transactions.RunAsync(sql => new SnapshotRows(new PoolHold(pool, epoch, opening)).WriteAsync(sql, part), AppendResult.NotWritten);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<PoolName>> ListPoolsAsync(PoolName? after, int limit) => await _reads.ReadAsync(
        row => new PoolName(row.GetString(0)), "SELECT name FROM pools WHERE name > $1 ORDER BY name LIMIT $2", after?.Value ?? string.Empty, limit);

    /// <inheritdoc/>
    public async ValueTask<bool> ReadNewestAsync(PoolName pool, Action<ReplayItem> replay) => await ReplayAsync(pool, null, replay) is not null;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<JournalRecord>> ReadAsync(PoolName pool, long version, int limit) => await _reads.ReadAsync(
        row => new JournalRecord(row.GetInt64(0), row.GetInt32(1), row.GetFieldValue<byte[]>(2), row.GetFieldValue<byte[]>(3)), """
        SELECT e.first, e.count, e.bytes, e.hash FROM pools p
        CROSS JOIN LATERAL (SELECT greatest($2, p.base_version) AS version) v
        CROSS JOIN LATERAL (
            SELECT * FROM events WHERE pool_id = p.id AND first + count - 1 > v.version AND first >= coalesce(
                (SELECT first FROM events WHERE pool_id = p.id AND first <= v.version ORDER BY first DESC LIMIT 1), 0)
            ORDER BY first LIMIT $3) e
        WHERE p.name = $1 ORDER BY e.first
        """, pool.Value, version, limit);

    /// <inheritdoc/>
    public ValueTask<LicenseRow?> ReadLicenseAsync(LicenseId license) => new(_licenses.ReadAsync(license));

    /// <inheritdoc/>
    public async ValueTask RecordDenialsAsync(IReadOnlyList<DenialCount> denials)
    {
        JournalLimits.Check(denials);
        await Transactions.RunAsync(sql => DenialRows.RecordAsync(sql, denials));
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<DenialCount>> ReadDenialsAsync(PoolName pool, DenialPlace? after, int limit) => await _reads.ReadAsync(
        row => new DenialCount(pool, row.GetString(0), new Fingerprint(row.GetString(1)), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)), """
        SELECT d.reason, d.node, d.count, d.first, d.last FROM denials d JOIN pools p ON p.id = d.pool_id
        WHERE p.name = $1 AND (d.last < $3 OR (d.last = $3 AND (d.node, d.reason) > ($4, $5)))
        ORDER BY d.last DESC, d.node, d.reason LIMIT $2
        """, pool.Value, limit, after?.LastMs ?? long.MaxValue, after?.Node.Value ?? string.Empty, after?.Reason ?? string.Empty);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<DenialSum>> SumDenialsAsync(PoolName pool) => await _reads.ReadAsync(
        row => new DenialSum(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)), """
        SELECT d.reason, sum(d.count)::bigint, count(*), min(d.first), max(d.last) FROM denials d JOIN pools p ON p.id = d.pool_id
        WHERE p.name = $1 GROUP BY d.reason ORDER BY d.reason
        """, pool.Value);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _appends.Dispose();
        _fences.Dispose();
        _replays.Dispose();
        await _lanes;
        await _transactions.DisposeAsync();
        _reads.Dispose();
        await _sessions.DisposeAsync();
    }

    private static IEnumerable<Task> Lanes(int count, Func<Task> run) => Enumerable.Range(0, count).Select(_ => run());

    /// <summary>Whether the replay began at what is known; null: there is no such pool.</summary>
    private async Task<bool?> ReplayAsync(PoolName pool, KnownPosition? known, Action<ReplayItem> replay)
    {
        var request = new ReplayRequest(pool, known, replay);
        if (!await _replays.AddAsync(request))
        {
            request.Refuse(Closed);
        }

        return await request.Answer;
    }
}
