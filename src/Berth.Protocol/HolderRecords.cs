namespace Berth.Protocol;

/// <summary>A claim as people see it. Times are RFC 3339 in UTC.</summary>
/// <param name="Fingerprint">Who holds.</param>
/// <param name="Pool">In which pool; <c>-</c> is the global one.</param>
/// <param name="License">The license whose seat it is.</param>
/// <param name="Number">The number of the grant in its pool.</param>
/// <param name="Since">When it was granted.</param>
/// <param name="User">The person the node named.</param>
/// <param name="Host">The machine the node named.</param>
/// <param name="LastHeartbeat">When the node was last heard; null: not since this member opened the pool.</param>
/// <param name="ExpiresAt">Until when the node was told it holds the seat; null: until it is released.</param>
public sealed record HolderEntry(
    string Fingerprint,
    string Pool,
    string License,
    long Number,
    DateTimeOffset Since,
    string? User,
    string? Host,
    DateTimeOffset? LastHeartbeat,
    DateTimeOffset? ExpiresAt);

/// <summary>Some holders, pool by pool in the order of their names, in each license by license in import order, the newest first.</summary>
/// <param name="Holders">The entries.</param>
/// <param name="Next">Ask on from here; null: that was all.</param>
public sealed record HolderListing(IReadOnlyList<HolderEntry> Holders, string? Next);

/// <summary>How a seat is taken away from its holder.</summary>
/// <param name="Reason">Why, for the record: 1 to 256 bytes without control characters.</param>
/// <param name="CoolDownMs">
/// How long the node gets no seat in this pool, in milliseconds: 0 to 30 days. Null: the pool's ttl, so that a program that claims
/// again at once does not get the same seat back.
/// </param>
public sealed record TakeSeatRequest(string? Reason, long? CoolDownMs = null);

/// <summary>A seat that was taken away.</summary>
/// <param name="Fingerprint">Who held it.</param>
/// <param name="Pool">In which pool.</param>
/// <param name="CoolDownMs">How long the node gets no seat in this pool, in milliseconds.</param>
public sealed record TakenSeat(string Fingerprint, string Pool, long CoolDownMs);
