using Berth.Pools;

namespace Berth.Runtime.Ownership;

/// <summary>
/// What this member owns as far as it knows. The table's answers may be older than what the member did since: a pair is
/// lost only by an answer to a question that was asked after it was taken, and one that was lost or given up never comes back.
/// </summary>
public sealed class HeldShards
{
    private readonly TimeProvider _time;

    /// <summary>Guards the changes of both arrays. Readers see one entry at a time.</summary>
    private readonly Lock _gate = new();
    private readonly HeldShard?[] _held = new HeldShard?[Shards.Count];
    private readonly long[] _givenUp = new long[Shards.Count];

    /// <summary>Holds nothing.</summary>
    public HeldShards(TimeProvider time) => _time = time;

    /// <summary>How many are held.</summary>
    public int Count => _held.Count(shard => shard is not null);

    internal IEnumerable<HeldShard> All => _held.OfType<HeldShard>();

    /// <summary>All shards, under one epoch, with nobody who held them before: for a store that cannot be shared.</summary>
    public static HeldShards Everything(Epoch epoch, TimeProvider time)
    {
        var shards = new HeldShards(time);
        for (var number = 0; number < Shards.Count; number++)
        {
            shards._held[number] = new HeldShard(new OwnedShard(number, epoch, TimeSpan.Zero), 0, 0);
        }

        return shards;
    }

    internal HeldShard? At(int shard) => Volatile.Read(ref _held[shard]);

    /// <summary>
    /// A store that went back in time gives epochs for the second time, and one that this member has lost or given up never counts
    /// again: it owns the shard, and can only serve it under a newer one.
    /// </summary>
    internal bool NeedsNewEpoch(ShardRow row) => At(row.Shard) is null && row.Epoch.Value <= _givenUp[row.Shard];

    /// <summary>
    /// Takes the table's answer to a renewal that was sent at <paramref name="sentAt"/>. Those lost are closed when this returns.
    /// </summary>
    internal (IReadOnlyList<HeldShard> Lost, IReadOnlyList<HeldShard> Taken) Accept(IReadOnlyList<OwnedShard> owned, long sentAt)
    {
        var now = _time.GetTimestamp();
        List<HeldShard> lost = [];
        List<HeldShard> taken = [];
        lock (_gate)
        {
            Span<bool> named = stackalloc bool[Shards.Count];
            foreach (var pair in owned)
            {
                named[pair.Shard] |= _held[pair.Shard] is { } held && held.Epoch.Value >= pair.Epoch.Value;
            }

            for (var number = 0; number < named.Length; number++)
            {
                if (!named[number] && _held[number] is { } gone && gone.TakenAt <= sentAt)
                {
                    Close_NeedsLock(gone);
                    lost.Add(gone);
                }
            }

            foreach (var pair in owned)
            {
                Take_NeedsLock(pair, now, lost, taken);
            }
        }

        return (lost, taken);
    }

    /// <summary>Takes what an acquisition brought; an ownership that is known already, or that was given up, is left out.</summary>
    internal (IReadOnlyList<HeldShard> Lost, IReadOnlyList<HeldShard> Taken) Take(IReadOnlyList<OwnedShard> owned)
    {
        var now = _time.GetTimestamp();
        List<HeldShard> lost = [];
        List<HeldShard> taken = [];
        lock (_gate)
        {
            foreach (var pair in owned)
            {
                Take_NeedsLock(pair, now, lost, taken);
            }
        }

        return (lost, taken);
    }

    /// <summary>
    /// Closes an ownership for good, before anybody is told that it was handed on. False: it was lost meanwhile.
    /// </summary>
    internal bool GiveUp(HeldShard shard)
    {
        lock (_gate)
        {
            _givenUp[shard.Number] = Math.Max(_givenUp[shard.Number], shard.Epoch.Value);
            if (_held[shard.Number] != shard)
            {
                shard.Close();
                return false;
            }

            Close_NeedsLock(shard);
            return true;
        }
    }

    /// <summary>The incarnation has ended, and all that it held with it.</summary>
    internal IReadOnlyList<HeldShard> LoseAll()
    {
        lock (_gate)
        {
            var all = All.ToList();
            all.ForEach(Close_NeedsLock);
            return all;
        }
    }

    private void Take_NeedsLock(OwnedShard pair, long now, List<HeldShard> lost, List<HeldShard> taken)
    {
        var before = _held[pair.Shard];
        if (pair.Epoch.Value <= _givenUp[pair.Shard] || before?.Epoch.Value >= pair.Epoch.Value)
        {
            return;
        }

        if (before is not null)
        {
            Close_NeedsLock(before);
            lost.Add(before);
        }

        var settles = pair.FormerLease == TimeSpan.Zero
            ? now
            : now + (long)((pair.FormerLease + HeldLease.Slack).TotalSeconds * _time.TimestampFrequency);
        var held = new HeldShard(pair, now, settles);
        Volatile.Write(ref _held[pair.Shard], held);
        taken.Add(held);
    }

    /// <summary>Whatever ends an ownership ends it for good: an older answer of the table must not bring it back.</summary>
    private void Close_NeedsLock(HeldShard shard)
    {
        shard.Close();
        _givenUp[shard.Number] = Math.Max(_givenUp[shard.Number], shard.Epoch.Value);
        Volatile.Write(ref _held[shard.Number], null);
    }
}
