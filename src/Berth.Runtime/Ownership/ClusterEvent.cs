namespace Berth.Runtime.Ownership;

/// <summary>What happens in a cluster, as its events name it. Names are never used for something else.</summary>
public static class ClusterEventKinds
{
    /// <summary>A member has joined.</summary>
    public const string MemberJoined = "member.joined";

    /// <summary>A member renews its lease: for the first time, or again after it was silent.</summary>
    public const string MemberUp = "member.up";

    /// <summary>A member has not renewed for its whole lease, or its death is evident.</summary>
    public const string MemberSilent = "member.silent";

    /// <summary>A member was marked down, by others or by an operator.</summary>
    public const string MemberDown = "member.down";

    /// <summary>The member that tells it begins to hand on what it has, and ends.</summary>
    public const string MemberLeaving = "member.leaving";

    /// <summary>A member has ended in order.</summary>
    public const string MemberLeft = "member.left";

    /// <summary>Shards have lost their owner, and wait for another one.</summary>
    public const string ShardsLost = "shards.lost";

    /// <summary>A member has taken shards that had no live owner.</summary>
    public const string ShardsTaken = "shards.taken";

    /// <summary>A member has handed shards on to another.</summary>
    public const string ShardsMoved = "shards.moved";

    /// <summary>The cluster's policy is another one.</summary>
    public const string PolicyChanged = "policy.changed";
}

/// <summary>Something that happened in the cluster, as one member saw it.</summary>
/// <param name="Kind">One of <see cref="ClusterEventKinds"/>.</param>
/// <param name="Member">Whom it is about: the member itself, or the one that has the shards now, or that lost them; null: nobody.</param>
public sealed record ClusterEvent(string Kind, string? Member)
{
    /// <summary>Its number among those of the member that tells it, from 1 on.</summary>
    public long Number { get; init; }

    /// <summary>When the member saw it: Unix milliseconds of its wall clock.</summary>
    public long AtMs { get; init; }

    /// <summary>Where other members reach it.</summary>
    public string? Address { get; init; }

    /// <summary>Which life of it; 0: none.</summary>
    public long Incarnation { get; init; }

    /// <summary>How many shards.</summary>
    public int Shards { get; init; }

    /// <summary>The only shard, where it is one; null: several, or none.</summary>
    public int? Shard { get; init; }

    /// <summary>Who had the shards before; null: nobody.</summary>
    public string? From { get; init; }

    /// <summary>What else there is to say.</summary>
    public string? Detail { get; init; }
}

/// <summary>Events of a member.</summary>
/// <param name="BeganMs">When the member began to count: another one is another process, with other numbers. Unix milliseconds.</param>
/// <param name="First">The number of the oldest event that is kept; one above <paramref name="Last"/>: none is.</param>
/// <param name="Last">The number of the newest; 0: there was none.</param>
/// <param name="Events">Those that were asked for, the oldest first.</param>
public sealed record ClusterEventPage(long BeganMs, long First, long Last, IReadOnlyList<ClusterEvent> Events);
