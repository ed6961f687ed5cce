using Berth.Pools;

namespace Berth.Runtime.Journal;

/// <summary>A journal in memory: the smallest example of the contract, for tests and the simulator.</summary>
public sealed class MemoryJournal : IJournal
{
    /// <summary>Guards everything below.</summary>
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Kept> _pools = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LicenseRow> _licenses = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ValueTask<bool> CreatePoolAsync(PoolName pool)
    {
        lock (_gate)
        {
            return new(_pools.TryAdd(pool.Value, new Kept()));
        }
    }

    /// <inheritdoc/>
    public ValueTask<OpenResult> OpenAsync(PoolName pool, Epoch epoch, KnownPosition? known, Action<ReplayItem> replay)
    {
        lock (_gate)
        {
            if (!_pools.TryGetValue(pool.Value, out var kept))
            {
                return new(new OpenResult(OpenOutcome.NoSuchPool, default, FromKnown: false));
            }

            if (kept.Epoch.Value > epoch.Value)
            {
                return new(new OpenResult(OpenOutcome.Fenced, default, FromKnown: false));
            }

            kept.Epoch = epoch;
            kept.Opening = new Opening(kept.Opening.Value + 1);
            var fromKnown = known is not null && kept.HashAt(known.Version) is { } hash && hash.Span.SequenceEqual(known.Hash.Span);
            kept.Replay(fromKnown ? known!.Version : null, replay);
            return new(new OpenResult(OpenOutcome.Opened, kept.Opening, fromKnown));
        }
    }

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(PoolName pool, Epoch epoch, Opening opening, long expectedVersion, JournalBatch batch)
    {
        lock (_gate)
        {
            if (!Holds_NeedsLock(pool, epoch, opening, out var kept) || kept.Version != expectedVersion)
            {
                return new(AppendResult.Fenced);
            }

            var added = batch.AddedLicenses;
            for (var i = 0; i < added.Count; i++)
            {
                if (_licenses.Values.Concat(added.Take(i)).FirstOrDefault(row => Clashes(row, added[i])) is { } there)
                {
                    return new(AppendResult.Duplicate($"license {added[i].Id} is already there, in pool {there.Pool}"));
                }
            }

            foreach (var row in added)
            {
                _licenses.Add(row.Id.Value, row with { File = row.File.ToArray() });
            }

            foreach (var id in batch.DroppedLicenses)
            {
                _licenses.Remove(id.Value);
            }

            kept.Records.Add(new JournalRecord(expectedVersion + 1, batch.Count, batch.Bytes.ToArray(), batch.Hash.ToArray()));
            return new(AppendResult.Committed);
        }
    }

    /// <inheritdoc/>
    public ValueTask<AppendResult> WriteSnapshotAsync(PoolName pool, Epoch epoch, Opening opening, SnapshotPart part)
    {
        lock (_gate)
        {
            if (!Holds_NeedsLock(pool, epoch, opening, out var kept))
            {
                return new(AppendResult.Fenced);
            }

            if (part.Index == 0)
            {
                kept.Unfinished.Clear();
            }

            kept.Unfinished.Add(part with { Bytes = part.Bytes.ToArray(), Hash = part.Hash.ToArray() });
            if (kept.Unfinished.Count == part.Count)
            {
                kept.Snapshot = [.. kept.Unfinished];
                kept.Unfinished.Clear();
            }

            return new(AppendResult.Committed);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PoolName>> ListPoolsAsync(PoolName? after, int limit)
    {
        lock (_gate)
        {
            return new(_pools.Keys
                .Where(name => after is null || string.CompareOrdinal(name, after.Value.Value) > 0)
                .Take(limit)
                .Select(name => new PoolName(name))
                .ToList());
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> ReadNewestAsync(PoolName pool, Action<ReplayItem> replay)
    {
        lock (_gate)
        {
            var there = _pools.TryGetValue(pool.Value, out var kept);
            kept?.Replay(null, replay);
            return new(there);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JournalRecord>> ReadAsync(PoolName pool, long version, int limit)
    {
        lock (_gate)
        {
            return new(_pools.TryGetValue(pool.Value, out var kept)
                ? kept.Records.Where(record => record.LastVersion > version).Take(limit).ToList()
                : []);
        }
    }

    /// <inheritdoc/>
    public ValueTask<LicenseRow?> ReadLicenseAsync(LicenseId license)
    {
        lock (_gate)
        {
            return new(_licenses.GetValueOrDefault(license.Value));
        }
    }

    private static bool Clashes(LicenseRow there, LicenseRow wanted) =>
        there.Id == wanted.Id || there.Key == wanted.Key || there.File.Span.SequenceEqual(wanted.File.Span);

    private bool Holds_NeedsLock(PoolName pool, Epoch epoch, Opening opening, out Kept kept) =>
        _pools.TryGetValue(pool.Value, out kept!) && kept.Epoch == epoch && kept.Opening == opening;

    /// <summary>What is kept of one pool.</summary>
    private sealed class Kept
    {
        public Epoch Epoch { get; set; }

        public Opening Opening { get; set; }

        public List<JournalRecord> Records { get; } = [];

        public IReadOnlyList<SnapshotPart> Snapshot { get; set; } = [];

        public List<SnapshotPart> Unfinished { get; } = [];

        public long Version => Records.Count == 0 ? 0 : Records[^1].LastVersion;

        public ReadOnlyMemory<byte>? HashAt(long version) => version == 0
            ? new byte[AuditChain.HashBytes]
            : Records.Find(record => record.LastVersion == version)?.Hash;

        public void Replay(long? after, Action<ReplayItem> replay)
        {
            if (after is null)
            {
                foreach (var part in Snapshot)
                {
                    replay(part);
                }

                after = Snapshot.Count == 0 ? 0 : Snapshot[0].Version;
            }

            foreach (var record in Records.Where(record => record.LastVersion > after))
            {
                replay(record);
            }
        }
    }
}
