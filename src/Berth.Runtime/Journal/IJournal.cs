using Berth.Pools;

namespace Berth.Runtime.Journal;

/// <summary>
/// Where the pools' events are kept. Who may write is decided here and nowhere else. The conditions:
/// <list type="number">
/// <item><see cref="CreatePoolAsync"/> makes a pool; a pool exists only by it. <see cref="OpenAsync"/> of a missing pool
/// answers <see cref="OpenOutcome.NoSuchPool"/> and writes nothing.</item>
/// <item><see cref="OpenAsync"/> is <see cref="OpenOutcome.Fenced"/>, with nothing changed, once a greater epoch has opened
/// the pool. Otherwise it first records (epoch, opening + 1), so that every append under an older pair is fenced, and then
/// reads. What it replays runs without a gap from the snapshot (or what the caller knows) to the greatest stored version.
/// Where the history was cut, its base stands for what is gone, and a snapshot counts only if it is newer.</item>
/// <item><see cref="AppendAsync"/> writes all of a batch or none of it, the license rows included.
/// <see cref="AppendOutcome.Committed"/>: durable and next in order. <see cref="AppendOutcome.Fenced"/> and
/// <see cref="AppendOutcome.NotWritten"/>: certainly nothing was written. An exception: nobody knows.</item>
/// <item>A batch is at most <see cref="JournalBatch.MaxBytes"/>, a snapshot part at most <see cref="SnapshotPart.MaxBytes"/>.</item>
/// <item>Reading needs no ownership and never waits for a writer.</item>
/// <item>Epoch and opening are required. There is no append without them.</item>
/// <item><see cref="RecordDenialsAsync"/> adds to what is stored for the same pool, reason and node: counts add up, the
/// earliest first and the latest last time stay. It is all or none, and needs no ownership, because sums know no order.
/// Pools that do not exist are left out. Once a pool has <see cref="DenialCount.MaxStored"/> rows, further ones count for
/// <see cref="DenialCount.OtherNodes"/>. A list that is empty or longer than <see cref="DenialCount.MaxAtOnce"/>, or a count
/// below 1, is an <see cref="ArgumentException"/>. Any other exception: nobody knows; who records again may count twice.</item>
/// </list>
/// An implementation may be called from many threads at once. It never cancels an append, because others share its commit.
/// </summary>
public interface IJournal
{
    /// <summary>How long the journal remembers, and what was signed: for audit and retention.</summary>
    IHistory History { get; }

    /// <summary>Makes a pool; false when it was there already. Fails by exception only: ask again.</summary>
    ValueTask<bool> CreatePoolAsync(PoolName pool);

    /// <summary>
    /// Takes the pool for (<paramref name="epoch"/>, next opening) and replays what the caller lacks.
    /// With <paramref name="known"/> (a version and its chain hash, from a state still in memory), only later records are
    /// replayed if the stored hash at that version is the same; otherwise the replay starts from the newest snapshot, or
    /// from nothing, and <see cref="OpenResult.FromKnown"/> is false.
    /// </summary>
    /// <param name="pool">The pool.</param>
    /// <param name="epoch">The ownership that opens.</param>
    /// <param name="known">What the caller has in memory, or null.</param>
    /// <param name="replay">Called in order: the parts of one snapshot, then records. Their bytes are valid until it returns.</param>
    ValueTask<OpenResult> OpenAsync(PoolName pool, Epoch epoch, KnownPosition? known, Action<ReplayItem> replay);

    /// <summary>
    /// Appends events <paramref name="expectedVersion"/> + 1 onwards. A stored version that is not
    /// <paramref name="expectedVersion"/> is <see cref="AppendOutcome.Fenced"/>: somebody else wrote.
    /// A license id, key or file that is already there, whichever the pool, is <see cref="AppendOutcome.NotWritten"/> with
    /// <see cref="AppendResult.DuplicateLicense"/> set; so is a replaced one whose key or file another license has, or whose id
    /// is not in the pool.
    /// </summary>
    ValueTask<AppendResult> AppendAsync(PoolName pool, Epoch epoch, Opening opening, long expectedVersion, JournalBatch batch);

    /// <summary>
    /// Stores one part of a snapshot. The snapshot counts once all its parts are in; then older ones are removed.
    /// Parts come in order from 0; part 0 removes unfinished ones of the pool. Outcomes as for an append.
    /// </summary>
    ValueTask<AppendResult> WriteSnapshotAsync(PoolName pool, Epoch epoch, Opening opening, SnapshotPart part);

    /// <summary>Up to <paramref name="limit"/> pools in the byte order of their names, after <paramref name="after"/>.</summary>
    ValueTask<IReadOnlyList<PoolName>> ListPoolsAsync(PoolName? after, int limit);

    /// <summary>What <see cref="OpenAsync"/> would replay, without taking the pool. False when there is no such pool.</summary>
    ValueTask<bool> ReadNewestAsync(PoolName pool, Action<ReplayItem> replay);

    /// <summary>Up to <paramref name="limit"/> records that hold versions after <paramref name="version"/>, in order.</summary>
    ValueTask<IReadOnlyList<JournalRecord>> ReadAsync(PoolName pool, long version, int limit);

    /// <summary>A stored license file with its key and pool, or null.</summary>
    ValueTask<LicenseRow?> ReadLicenseAsync(LicenseId license);

    /// <summary>Adds denials to those stored. Condition 7 says how.</summary>
    ValueTask RecordDenialsAsync(IReadOnlyList<DenialCount> denials);

    /// <summary>
    /// Up to <paramref name="limit"/> denial counts of a pool after a place (null: from the start), the most recent first; of the same
    /// time in the byte order of their nodes, then of their reasons. None when there is no such pool.
    /// </summary>
    ValueTask<IReadOnlyList<DenialCount>> ReadDenialsAsync(PoolName pool, DenialPlace? after, int limit);

    /// <summary>The denials of a pool added up by reason, in the byte order of the reasons. None when there is no such pool.</summary>
    ValueTask<IReadOnlyList<DenialSum>> SumDenialsAsync(PoolName pool);
}
