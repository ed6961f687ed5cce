namespace Berth.Protocol;

/// <summary>What happened in a cluster, as the member that answers saw it.</summary>
/// <param name="BeganAt">When the member began to count: another time is another process, with other numbers.</param>
/// <param name="First">The number of the oldest event that is kept; one above <paramref name="Last"/>: none is.</param>
/// <param name="Last">The number of the newest event; 0: there was none. To be given back as <c>after</c>.</param>
/// <param name="Events">The events, the oldest first.</param>
public sealed record ClusterEventListing(DateTimeOffset BeganAt, long First, long Last, IReadOnlyList<ClusterEventEntry> Events);

/// <summary>One thing that happened.</summary>
/// <param name="Number">Its number among those of the member that answers.</param>
/// <param name="At">When that member saw it.</param>
/// <param name="Event">What: <c>member.joined</c>, <c>member.up</c>, <c>member.silent</c>, <c>member.down</c>, <c>member.leaving</c>, <c>member.left</c>,
/// <c>shards.lost</c>, <c>shards.taken</c>, <c>shards.moved</c> or <c>policy.changed</c>; others may come.</param>
/// <param name="Member">The member that it is about: the one that has the shards now, or that lost them; null: none.</param>
/// <param name="Address">Where other members reach it.</param>
/// <param name="Incarnation">Which life of it; null: none.</param>
/// <param name="Shards">How many shards; null: it is not about shards.</param>
/// <param name="Shard">The only shard, where it is one.</param>
/// <param name="From">Who had the shards before; null: nobody.</param>
/// <param name="Detail">What else there is to say.</param>
public sealed record ClusterEventEntry(
    long Number,
    DateTimeOffset At,
    string Event,
    string? Member,
    string? Address,
    long? Incarnation,
    int? Shards,
    int? Shard,
    string? From,
    string? Detail);
