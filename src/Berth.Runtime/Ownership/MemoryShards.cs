using Berth.Pools;

namespace Berth.Runtime.Ownership;

/// <summary>The shards as a table in memory has them. Its owner guards it.</summary>
internal sealed class MemoryShards
{
    private readonly ShardRow[] _rows = [.. Enumerable.Range(0, Shards.Count).Select(NeverOwned)];

    /// <summary>What each owner owns, where it was asked for since it changed: most renewals find nothing changed.</summary>
    private readonly Dictionary<Incarnation, IReadOnlyList<OwnedShard>> _owned = [];
    private IReadOnlyList<ShardRow>? _list;

    /// <summary>All of them; the same list again while nothing changed.</summary>
    public IReadOnlyList<ShardRow> List => _list ??= [.. _rows];

    public ShardRow this[int shard] => _rows[shard];

    public IReadOnlyList<OwnedShard> OwnedBy(Incarnation member)
    {
        if (_owned.TryGetValue(member, out var known))
        {
            return known;
        }

        OwnedShard[] owned = [.. _rows.Where(row => row.Owner == member).Select(Owned)];
        if (owned.Length > 0)
        {
            _owned.Add(member, owned);
        }

        return owned;
    }

    public bool Owns(Incarnation member) => Array.Exists(_rows, row => row.Owner == member);

    /// <summary>Gives those of the shards that <paramref name="from"/> owns, or nobody, to another, with their next epochs.</summary>
    public IReadOnlyList<OwnedShard> Take(IReadOnlyList<int> shards, Incarnation? from, TimeSpan formerLease, Incarnation to)
    {
        var taken = new List<OwnedShard>();
        foreach (var shard in shards)
        {
            var row = _rows[shard];
            if (row.Owner == from)
            {
                Give(row, to, row.FormerLease > formerLease ? row.FormerLease : formerLease);
                taken.Add(Owned(_rows[shard]));
            }
        }

        return taken;
    }

    /// <summary>Gives a shard to a new owner, with the next epoch.</summary>
    public void Give(ShardRow row, Incarnation to, TimeSpan formerLease) =>
        Set(row with { Owner = to, Epoch = new Epoch(row.Epoch.Value + 1), FormerLease = formerLease });

    /// <summary>Takes all shards of an owner from it and gives them to nobody.</summary>
    public void Free(Incarnation owner, IReadOnlyCollection<int> unsettled)
    {
        foreach (var row in OwnedBy(owner))
        {
            var formerLease = unsettled.Contains(row.Shard) ? row.FormerLease : TimeSpan.Zero;
            Set(new ShardRow(row.Shard, Owner: null, row.Epoch, formerLease));
        }
    }

    private static ShardRow NeverOwned(int shard) => new(shard, Owner: null, new Epoch(0), TimeSpan.Zero);

    private static OwnedShard Owned(ShardRow row) => new(row.Shard, row.Epoch, row.FormerLease);

    private void Set(ShardRow row)
    {
        Forget(_rows[row.Shard].Owner);
        Forget(row.Owner);
        _rows[row.Shard] = row;
        _list = null;
    }

    private void Forget(Incarnation? owner)
    {
        if (owner is { } member)
        {
            _owned.Remove(member);
        }
    }
}
