namespace Berth.Pools;

// These events are the disk format: the codec writes them by kind number, a golden file of each stands in the tests,
// and a stored kind may gain a new layout number but never change its bytes.

/// <summary>When and by whose wish something happened.</summary>
/// <param name="AtMs">The service clock that the decision was made at, in milliseconds.</param>
/// <param name="WallMs">Unix time in milliseconds, for people.</param>
/// <param name="Who">Who asked.</param>
public sealed record Stamp(long AtMs, long WallMs, Who Who);

/// <summary>What happened in a pool.</summary>
public abstract record PoolEvent(Stamp Stamp);

/// <summary>The pool came into being: always version 1.</summary>
public sealed record PoolAdded(string Name, Stamp Stamp) : PoolEvent(Stamp);

/// <summary>A license came in, last in import order.</summary>
public sealed record LicenseAdded(LicenseId Id, int Seats, long? ExpiryMs, Stamp Stamp) : PoolEvent(Stamp);

/// <summary>A license was taken out. It is forgotten when its last holder is gone.</summary>
public sealed record LicenseRemoved(LicenseId Id, Stamp Stamp) : PoolEvent(Stamp);

/// <summary>The pool's exception was replaced.</summary>
public sealed record PolicyExceptionChanged(PolicyException Exception, Stamp Stamp) : PoolEvent(Stamp);

/// <summary>The cluster's policy was recorded (global pool only).</summary>
public sealed record ClusterPolicyChanged(Policy Policy, Stamp Stamp) : PoolEvent(Stamp);

/// <summary>From here on nodes are told this policy. Written before the first answer under it.</summary>
public sealed record PolicyAdopted(Policy Policy, Stamp Stamp) : PoolEvent(Stamp);

/// <summary>A node got a seat.</summary>
/// <param name="Node">The node.</param>
/// <param name="License">The license whose seat it is.</param>
/// <param name="Number">The number of the grant in this pool, from 1.</param>
/// <param name="ToldTtlMs">The ttl the node was told, in milliseconds.</param>
/// <param name="ClaimKey">The key by which a restarted node can prove the claim is its own.</param>
/// <param name="Stamp">When and by whose wish.</param>
public sealed record SeatGranted(Fingerprint Node, LicenseId License, long Number, long ToldTtlMs, string? ClaimKey, Stamp Stamp)
    : PoolEvent(Stamp);

/// <summary>Why a claim ended before its deadline.</summary>
public enum ReleaseCause
{
    /// <summary>The node gave it back.</summary>
    Node = 0,

    /// <summary>Its license was taken out and the node moved to another.</summary>
    Moved = 1,
}

/// <summary>A claim ended by somebody's wish.</summary>
public sealed record SeatReleased(Fingerprint Node, LicenseId License, long Number, ReleaseCause Cause, Stamp Stamp) : PoolEvent(Stamp);

/// <summary>A claim ended because its deadline had passed.</summary>
public sealed record ClaimExpired(Fingerprint Node, LicenseId License, long Number, Stamp Stamp) : PoolEvent(Stamp);

/// <summary>An operator took a node's seat away.</summary>
/// <param name="Node">Whose seat.</param>
/// <param name="License">The license whose seat it was.</param>
/// <param name="Number">The number of the grant.</param>
/// <param name="Reason">Why, in the operator's words.</param>
/// <param name="CoolDownMs">How long the node may not claim in this pool, in milliseconds.</param>
/// <param name="Stamp">When and by whose wish.</param>
public sealed record SeatTaken(Fingerprint Node, LicenseId License, long Number, string Reason, long CoolDownMs, Stamp Stamp)
    : PoolEvent(Stamp);

/// <summary>A license gives other seats, ends at another time, has another file, or is no longer taken out.</summary>
public sealed record LicenseChanged(LicenseId Id, int Seats, long? ExpiryMs, Stamp Stamp) : PoolEvent(Stamp);

/// <summary>A license came in from another license server, with what that server knew of it.</summary>
/// <param name="Id">The id inside the file.</param>
/// <param name="Seats">Seats it gives.</param>
/// <param name="ExpiryMs">When the picker stops choosing it (Unix milliseconds); null: never.</param>
/// <param name="AddedMs">When it was added there (Unix milliseconds).</param>
/// <param name="Claims">Grants there so far, a live one included.</param>
/// <param name="LastClaimedMs">Last grant there (Unix milliseconds), 0: never.</param>
/// <param name="LastReleasedMs">Last release there (Unix milliseconds), 0: never.</param>
/// <param name="Stamp">When and by whose wish.</param>
public sealed record LicenseImported(
    LicenseId Id, int Seats, long? ExpiryMs, long AddedMs, long Claims, long LastClaimedMs, long LastReleasedMs, Stamp Stamp)
    : PoolEvent(Stamp);

/// <summary>A node that held a seat on another license server holds it here from now on.</summary>
/// <param name="Node">Who holds.</param>
/// <param name="License">The license whose seat it is.</param>
/// <param name="Number">The number of the grant in this pool.</param>
/// <param name="ToldTtlMs">How long the node may stay silent from here, in milliseconds.</param>
/// <param name="SinceMs">When the other server granted it (Unix milliseconds).</param>
/// <param name="Stamp">When and by whose wish.</param>
public sealed record ClaimImported(Fingerprint Node, LicenseId License, long Number, long ToldTtlMs, long SinceMs, Stamp Stamp)
    : PoolEvent(Stamp);

/// <summary>The events up to a version may be cut off: a state with this digest stands for them.</summary>
/// <param name="UpTo">The last version that is cut off.</param>
/// <param name="Digest">SHA-256 of the state that is kept, as 64 hexadecimal digits.</param>
/// <param name="Stamp">When and by whose wish.</param>
public sealed record HistoryCut(long UpTo, string Digest, Stamp Stamp) : PoolEvent(Stamp);

/// <summary>An operator answered for a restored copy: from here on it gives seats (global pool only).</summary>
/// <param name="Origin">Why the store was taken for a copy.</param>
/// <param name="Stamp">When and by whose wish.</param>
public sealed record CopyConfirmed(string Origin, Stamp Stamp) : PoolEvent(Stamp);
