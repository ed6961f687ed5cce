using Berth.Pools;

namespace Berth.Runtime.Ownership;

/// <summary>
/// What the membership table ever told this process, over all its lives: epochs of shards and counters of members only grow. A smaller one means
/// that the store went back in time. Used by one watch at a time.
/// </summary>
internal sealed class StoreMemory
{
    private readonly long[] _epochs = new long[Shards.Count];
    private readonly bool[] _forgotten = new bool[Shards.Count];

    /// <summary>Of the members that stood in the table when it was read last.</summary>
    private Dictionary<Incarnation, long> _counters = [];

    /// <summary>An epoch was once smaller than before.</summary>
    public bool AnyForgotten { get; private set; }

    /// <summary>The epoch of this shard was once smaller than before.</summary>
    public bool HasForgotten(int shard) => _forgotten[shard];

    /// <summary>The newest epoch of this shard that was ever seen, this one included.</summary>
    public Epoch See(ShardRow row)
    {
        if (row.Epoch.Value < _epochs[row.Shard])
        {
            _forgotten[row.Shard] = AnyForgotten = true;
        }

        return new(_epochs[row.Shard] = Math.Max(_epochs[row.Shard], row.Epoch.Value));
    }

    /// <summary>Remembers the counters of these members. Those that are smaller than when they were read last, with what they were.</summary>
    public IReadOnlyList<(MemberRow Member, long Before)> See(IReadOnlyList<MemberRow> members)
    {
        List<(MemberRow Member, long Before)> smaller = [];
        foreach (var member in members)
        {
            if (_counters.TryGetValue(member.Incarnation, out var before) && member.Counter < before)
            {
                smaller.Add((member, before));
            }
        }

        _counters = members.ToDictionary(member => member.Incarnation, member => member.Counter);
        return smaller;
    }
}
