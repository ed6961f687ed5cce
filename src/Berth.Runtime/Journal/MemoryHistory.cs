using Berth.Pools;

namespace Berth.Runtime.Journal;

/// <summary>The history of a journal in memory.</summary>
internal sealed class MemoryHistory(Lock gate, SortedDictionary<string, MemoryPool> pools) : IHistory
{
    private const int MostKeys = 1_000;

    // The gate is the journal's own, and guards these two as well.
    private readonly List<CheckpointRow> _checkpoints = [];
    private readonly List<ReadOnlyMemory<byte>> _keys = [];

    public ValueTask<IReadOnlyList<PoolHead>> ReadHeadsAsync(PoolName? after, int limit)
    {
        lock (gate)
        {
            return new(pools
                .Where(pool => after is null || pools.Comparer.Compare(pool.Key, after.Value.Value) > 0)
                .Take(limit)
                .Select(pool => new PoolHead(new PoolName(pool.Key), pool.Value.Head, pool.Value.BasePosition))
                .ToList());
        }
    }

    public ValueTask<AppendResult> WriteBaseAsync(PoolName pool, Epoch epoch, Opening opening, SnapshotPart part)
    {
        if (JournalLimits.Flaw(part) is { } flaw)
        {
            return new(AppendResult.NotWritten(flaw));
        }

        lock (gate)
        {
            return new(Held_NeedsLock(pool, epoch, opening)?.StoreBase(part) ?? AppendResult.Fenced);
        }
    }

    public ValueTask<CutResult> CutAsync(PoolName pool, Epoch epoch, Opening opening, long upTo, int most)
    {
        lock (gate)
        {
            return new(Held_NeedsLock(pool, epoch, opening)?.Cut(upTo, most) ?? new CutResult(AppendOutcome.Fenced, More: false));
        }
    }

    public ValueTask<bool> ReadBaseAsync(PoolName pool, Action<SnapshotPart> read)
    {
        lock (gate)
        {
            var parts = pools.TryGetValue(pool.Value, out var kept) ? kept.Base : [];
            foreach (var part in parts)
            {
                read(part);
            }

            return new(parts.Count > 0);
        }
    }

    public ValueTask<bool> AppendCheckpointAsync(CheckpointRow checkpoint)
    {
        lock (gate)
        {
            var next = checkpoint.Number == (_checkpoints.Count == 0 ? 1 : _checkpoints[^1].Number + 1);
            if (next)
            {
                _checkpoints.Add(checkpoint with { Bytes = checkpoint.Bytes.ToArray(), Signature = checkpoint.Signature.ToArray() });
            }

            return new(next);
        }
    }

    public ValueTask<IReadOnlyList<CheckpointRow>> ReadCheckpointsAsync(long number, int limit)
    {
        lock (gate)
        {
            return new(_checkpoints.Where(checkpoint => checkpoint.Number > number).Take(limit).ToList());
        }
    }

    public ValueTask<CheckpointRow?> ReadLastCheckpointAsync()
    {
        lock (gate)
        {
            return new(_checkpoints.LastOrDefault());
        }
    }

    public ValueTask<int> ForgetCheckpointsAsync(long beforeMs, int keep, int most)
    {
        lock (gate)
        {
            var gone = 0;
            while (_checkpoints.Count > 1 && gone < most && (_checkpoints[0].TimeMs < beforeMs || _checkpoints.Count > keep))
            {
                _checkpoints.RemoveAt(0);
                gone++;
            }

            return new(gone);
        }
    }

    public ValueTask<int> ForgetDenialsAsync(PoolName pool, long beforeMs, int most)
    {
        lock (gate)
        {
            if (!pools.TryGetValue(pool.Value, out var kept))
            {
                return new(0);
            }

            var old = kept.Denials.Counts.Where(denial => denial.LastMs < beforeMs).Take(most).ToList();
            kept.Denials.Remove(old);
            return new(old.Count);
        }
    }

    public ValueTask RecordKeyAsync(ReadOnlyMemory<byte> publicKey, long sinceMs)
    {
        lock (gate)
        {
            if (!_keys.Exists(key => key.Span.SequenceEqual(publicKey.Span)))
            {
                _keys.Add(publicKey.ToArray());
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ReadKeysAsync()
    {
        lock (gate)
        {
            return new(_keys.Take(MostKeys).ToList());
        }
    }

    public ValueTask<long> MeasureAsync()
    {
        lock (gate)
        {
            return new(pools.Values.Sum(pool => pool.Records.Sum(record => (long)record.Bytes.Length + AuditChain.HashBytes)));
        }
    }

    private MemoryPool? Held_NeedsLock(PoolName pool, Epoch epoch, Opening opening) =>
        pools.TryGetValue(pool.Value, out var kept) && kept.Epoch == epoch && kept.Opening == opening ? kept : null;
}
