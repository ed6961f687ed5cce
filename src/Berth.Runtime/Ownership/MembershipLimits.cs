using System.Text;

namespace Berth.Runtime.Ownership;

/// <summary>What every table refuses before it looks at its rows: nobody but a mistaken caller says such things.</summary>
public static class MembershipLimits
{
    /// <summary>The longest name of a member, in UTF-8 bytes.</summary>
    public const int MaxNameBytes = 128;

    /// <summary>Throws unless the card is fit to be stored.</summary>
    public static void Check(MemberCard card)
    {
        if (Encoding.UTF8.GetByteCount(card.Name) is < 1 or > MaxNameBytes)
        {
            throw new ArgumentException($"the name of a member has 1 to {MaxNameBytes} bytes", nameof(card));
        }

        if (card.FeatureLevel < 1)
        {
            throw new ArgumentException($"a feature level of {card.FeatureLevel}: the lowest is 1", nameof(card));
        }

        if (card.Lease <= TimeSpan.Zero)
        {
            throw new ArgumentException($"a lease of {card.Lease} has no length", nameof(card));
        }
    }

    /// <summary>Throws unless each is a shard and none is named twice.</summary>
    public static void Check(IReadOnlyList<int> shards)
    {
        Span<bool> seen = stackalloc bool[Shards.Count];
        for (var i = 0; i < shards.Count; i++)
        {
            CheckShard(shards[i]);
            if (seen[shards[i]])
            {
                throw new ArgumentException($"shard {shards[i]} is named twice", nameof(shards));
            }

            seen[shards[i]] = true;
        }
    }

    /// <summary>Throws unless it is the number of a shard.</summary>
    public static void CheckShard(int shard)
    {
        if (shard is < 0 or >= Shards.Count)
        {
            throw new ArgumentException($"{shard} is not a shard: they are 0 to {Shards.Count - 1}", nameof(shard));
        }
    }

    /// <summary>Throws unless a member may take from this one.</summary>
    /// <param name="member">Who takes.</param>
    /// <param name="from">From whom.</param>
    /// <param name="newest">The greatest incarnation that was ever given.</param>
    public static void CheckFormerOwner(Incarnation member, Incarnation from, long newest)
    {
        if (from.Value < 1 || from.Value > newest)
        {
            throw new ArgumentException($"incarnation {from.Value} was never given: the newest is {newest}", nameof(from));
        }

        if (from == member)
        {
            throw new ArgumentException($"incarnation {from.Value} cannot take from itself", nameof(from));
        }
    }
}
