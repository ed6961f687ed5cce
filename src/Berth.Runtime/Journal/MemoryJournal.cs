using System.Security.Cryptography;
using System.Text;
using Berth.Pools;

namespace Berth.Runtime.Journal;

/// <summary>A journal in memory: the smallest example of the contract, for tests and the simulator.</summary>
public sealed class MemoryJournal : IJournal
{
    private static readonly Comparer<string> _byBytes = Comparer<string>.Create(CompareBytes);

    /// <summary>Guards everything below.</summary>
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, MemoryPool> _pools = new(_byBytes);
    private readonly Dictionary<string, LicenseRow> _licenses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LicenseRow> _byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LicenseRow> _byFile = new(StringComparer.Ordinal);

    /// <summary>An empty journal.</summary>
    public MemoryJournal() => History = new MemoryHistory(_gate, _pools);

    /// <inheritdoc/>
    public IHistory History { get; }

    /// <inheritdoc/>
    public ValueTask<bool> CreatePoolAsync(PoolName pool)
    {
        lock (_gate)
        {
            return new(_pools.TryAdd(pool.Value, new MemoryPool()));
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
        if (JournalLimits.Flaw(batch) is { } flaw)
        {
            return new(AppendResult.NotWritten(flaw));
        }

        lock (_gate)
        {
            if (!Holds_NeedsLock(pool, epoch, opening, out var kept) || kept.Version != expectedVersion)
            {
                return new(AppendResult.Fenced);
            }

            for (var i = 0; i < batch.AddedLicenses.Count; i++)
            {
                if (!TryAdd_NeedsLock(batch.AddedLicenses[i] with { Pool = pool }, out var there))
                {
                    batch.AddedLicenses.Take(i).Select(row => row.Id).ToList().ForEach(Remove_NeedsLock);
                    return new(AppendResult.Duplicate($"license {batch.AddedLicenses[i].Id} is already there, in pool {there.Pool}"));
                }
            }

            for (var i = 0; i < batch.ReplacedLicenses.Count; i++)
            {
                if (!TryReplace_NeedsLock(batch.ReplacedLicenses[i] with { Pool = pool }))
                {
                    // One batch replaces one license or adds some: there is nothing else to take back.
                    return new(AppendResult.Duplicate($"the key or file of license {batch.ReplacedLicenses[i].Id} is already there"));
                }
            }

            batch.DroppedLicenses.Where(id => _licenses.TryGetValue(id.Value, out var row) && row.Pool == pool)
                .ToList().ForEach(Remove_NeedsLock);
            kept.Records.Add(new JournalRecord(expectedVersion + 1, batch.Count, batch.Bytes.ToArray(), batch.Hash.ToArray()));
            return new(AppendResult.Committed);
        }
    }

    /// <inheritdoc/>
    public ValueTask<AppendResult> WriteSnapshotAsync(PoolName pool, Epoch epoch, Opening opening, SnapshotPart part)
    {
        if (JournalLimits.Flaw(part) is { } flaw)
        {
            return new(AppendResult.NotWritten(flaw));
        }

        lock (_gate)
        {
            return new(Holds_NeedsLock(pool, epoch, opening, out var kept) ? kept.Store(part) : AppendResult.Fenced);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PoolName>> ListPoolsAsync(PoolName? after, int limit)
    {
        lock (_gate)
        {
            return new(_pools.Keys
                .Where(name => after is null || CompareBytes(name, after.Value.Value) > 0)
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
                ? kept.Stored.Where(record => record.LastVersion > version).Take(limit).ToList()
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

    /// <inheritdoc/>
    public ValueTask RecordDenialsAsync(IReadOnlyList<DenialCount> denials)
    {
        JournalLimits.Check(denials);
        lock (_gate)
        {
            foreach (var denial in denials)
            {
                if (_pools.TryGetValue(denial.Pool.Value, out var kept))
                {
                    kept.Denials.Add(denial);
                }
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DenialCount>> ReadDenialsAsync(PoolName pool, DenialPlace? after, int limit)
    {
        lock (_gate)
        {
            return new(_pools.TryGetValue(pool.Value, out var kept)
                ? kept.Denials.Counts
                    .OrderByDescending(denial => denial.LastMs)
                    .ThenBy(denial => denial.Node.Value, _byBytes)
                    .ThenBy(denial => denial.Reason, _byBytes)
                    .Where(denial => after is null || IsAfter(denial, after))
                    .Take(limit)
                    .ToList()
                : []);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DenialSum>> SumDenialsAsync(PoolName pool)
    {
        lock (_gate)
        {
            return new(_pools.TryGetValue(pool.Value, out var kept)
                ? kept.Denials.Counts
                    .GroupBy(denial => denial.Reason)
                    .OrderBy(reason => reason.Key, _byBytes)
                    .Select(reason => new DenialSum(
                        reason.Key, reason.Sum(one => one.Count), reason.Count(), reason.Min(one => one.FirstMs), reason.Max(one => one.LastMs)))
                    .ToList()
                : []);
        }
    }

    private static bool IsAfter(DenialCount denial, DenialPlace place) =>
        denial.LastMs < place.LastMs
        || (denial.LastMs == place.LastMs && CompareBytes(denial.Node.Value, place.Node.Value) is var byNode
            && (byNode > 0 || (byNode == 0 && CompareBytes(denial.Reason, place.Reason) > 0)));

    /// <summary>Names are in the order of their UTF-8 bytes, which is not that of their chars.</summary>
    private static int CompareBytes(string one, string other) =>
        Encoding.UTF8.GetBytes(one).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(other));

    private static string HashOf(ReadOnlyMemory<byte> file) => Convert.ToHexString(SHA256.HashData(file.Span));

    private bool TryAdd_NeedsLock(LicenseRow row, out LicenseRow there)
    {
        var fileHash = HashOf(row.File);
        if (_licenses.TryGetValue(row.Id.Value, out there!) || _byKey.TryGetValue(row.Key, out there!)
            || _byFile.TryGetValue(fileHash, out there!))
        {
            return false;
        }

        there = row with { File = row.File.ToArray() };
        _licenses.Add(row.Id.Value, there);
        _byKey.Add(row.Key, there);
        _byFile.Add(fileHash, there);
        return true;
    }

    private bool TryReplace_NeedsLock(LicenseRow row)
    {
        if (!_licenses.TryGetValue(row.Id.Value, out var before) || before.Pool != row.Pool)
        {
            return false;
        }

        Remove_NeedsLock(row.Id);
        if (TryAdd_NeedsLock(row, out _))
        {
            return true;
        }

        TryAdd_NeedsLock(before, out _);
        return false;
    }

    private void Remove_NeedsLock(LicenseId id)
    {
        if (_licenses.Remove(id.Value, out var row))
        {
            _byKey.Remove(row.Key);
            _byFile.Remove(HashOf(row.File));
        }
    }

    private bool Holds_NeedsLock(PoolName pool, Epoch epoch, Opening opening, out MemoryPool kept) =>
        _pools.TryGetValue(pool.Value, out kept!) && kept.Epoch == epoch && kept.Opening == opening;
}
