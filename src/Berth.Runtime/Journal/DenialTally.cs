using System.Runtime.InteropServices;
using Berth.Pools;

namespace Berth.Runtime.Journal;

/// <summary>Denials added up by pool, reason and node. Once it is full, nodes it has not seen count as <see cref="DenialCount.OtherNodes"/>.</summary>
internal sealed class DenialTally(int capacity)
{
    private readonly Dictionary<Key, DenialCount> _counts = [];

    public bool IsEmpty => _counts.Count == 0;

    /// <summary>What was added up.</summary>
    public IReadOnlyCollection<DenialCount> Counts => _counts.Values;

    public void Add(DenialCount denial)
    {
        var key = new Key(denial.Pool, denial.Reason, denial.Node);
        if (_counts.Count >= capacity && !_counts.ContainsKey(key))
        {
            // These may exceed the capacity: there is one for each pool and reason at the most.
            denial = denial with { Node = DenialCount.OtherNodes };
            key = key with { Node = DenialCount.OtherNodes };
        }

        ref var there = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, key, out _);
        there = there?.Plus(denial) ?? denial;
    }

    /// <summary>Takes counts out, as they were read from <see cref="Counts"/>.</summary>
    public void Remove(IReadOnlyList<DenialCount> denials)
    {
        foreach (var denial in denials)
        {
            _counts.Remove(new Key(denial.Pool, denial.Reason, denial.Node));
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Key(PoolName Pool, string Reason, Fingerprint Node);
}
