namespace Berth.Pools;

/// <summary>What a pool answers. Three kinds: definite; definite and nothing happened here; unknown.</summary>
public abstract record PoolReply;

/// <summary>The node got a seat.</summary>
/// <param name="License">The license to hand out.</param>
/// <param name="TtlMs">How long the node may stay silent, in milliseconds.</param>
/// <param name="Number">The number of the grant in its pool.</param>
public sealed record Granted(LicenseId License, long TtlMs, long Number) : PoolReply;

/// <summary>The node holds its seat for another ttl.</summary>
/// <param name="License">The license it holds.</param>
/// <param name="TtlMs">How long the node may stay silent, in milliseconds.</param>
/// <param name="Repeat">The answer to its grant may have been lost: hand the license out again.</param>
public sealed record Renewed(LicenseId License, long TtlMs, bool Repeat) : PoolReply;

/// <summary>The node's seat is free.</summary>
public sealed record Released : PoolReply
{
    /// <summary>The one instance.</summary>
    public static readonly Released Instance = new();
}

/// <summary>Why no seat could be given.</summary>
public enum DenialReason
{
    /// <summary>The pool has no license.</summary>
    NoLicenses = 0,

    /// <summary>Every seat is held.</summary>
    AllHeld = 1,

    /// <summary>Seats are unheld, but their licenses are past their expiry.</summary>
    Expired = 2,
}

/// <summary>No seat can be given.</summary>
public sealed record NoSeatFree(DenialReason Reason) : PoolReply;

/// <summary>The store is a restored copy that nobody has confirmed: no seat is given; nothing happened.</summary>
public sealed record GrantsWithheld : PoolReply
{
    /// <summary>The one instance.</summary>
    public static readonly GrantsWithheld Instance = new();
}

/// <summary>An operator took the node's seat away, and its cool-down is not over.</summary>
/// <param name="ForMs">How much longer, in milliseconds.</param>
public sealed record CoolingDown(long ForMs) : PoolReply;

/// <summary>The node's claim was made with another claim key: somebody else goes by the same fingerprint.</summary>
public sealed record OtherClaimKey : PoolReply
{
    /// <summary>The one instance.</summary>
    public static readonly OtherClaimKey Instance = new();
}

/// <summary>When the next claim lapses (answer to <see cref="AskNextDeadline"/>).</summary>
/// <param name="InMs">Milliseconds from now, 0: it is past; null: no claim can lapse.</param>
public sealed record NextDeadline(long? InMs) : PoolReply;

/// <summary>Some claims of a pool (answer to <see cref="AskHolders"/> and, with one, to <see cref="AskHolder"/>).</summary>
/// <param name="Holders">The rows.</param>
/// <param name="Next">Ask on from here; null: that was all.</param>
public sealed record HolderPage(IReadOnlyList<HolderView> Holders, AskHolders? Next) : PoolReply;

/// <summary>A seat is free or past its deadline (answer to <see cref="AskFreeSeat"/>).</summary>
public sealed record SeatIsFree : PoolReply
{
    /// <summary>The one instance.</summary>
    public static readonly SeatIsFree Instance = new();
}

/// <summary>The node holds a claim (answer to <see cref="AskClaim"/>, or a claim where heartbeats are off).</summary>
public sealed record AlreadyHeld : PoolReply
{
    /// <summary>The one instance.</summary>
    public static readonly AlreadyHeld Instance = new();
}

/// <summary>The node holds no claim in this pool.</summary>
public sealed record NotHeld : PoolReply
{
    /// <summary>The one instance.</summary>
    public static readonly NotHeld Instance = new();
}

/// <summary>The licenses are in, or the policy is set, or the license is out.</summary>
public sealed record Changed : PoolReply
{
    /// <summary>The one instance.</summary>
    public static readonly Changed Instance = new();
}

/// <summary>What a pool is and how full (answer to <see cref="AskSummary"/>).</summary>
/// <param name="Name">The pool.</param>
/// <param name="Licenses">Licenses, retired ones included.</param>
/// <param name="Seats">Seats of all licenses.</param>
/// <param name="Held">Seats held.</param>
/// <param name="Free">Seats that a claim could take now.</param>
/// <param name="Version">Events so far.</param>
/// <param name="Exception">The pool's exception.</param>
/// <param name="Policy">The policy that results.</param>
/// <param name="ClusterPolicy">The recorded cluster policy (global pool only).</param>
public sealed record PoolSummary(
    PoolName Name,
    int Licenses,
    long Seats,
    int Held,
    long Free,
    long Version,
    PolicyException Exception,
    Policy Policy,
    Policy? ClusterPolicy) : PoolReply;

/// <summary>Some licenses of a pool in import order.</summary>
/// <param name="Licenses">The rows.</param>
/// <param name="NextSlot">Ask on after this place; null: that was all.</param>
public sealed record LicensePage(IReadOnlyList<LicenseView> Licenses, int? NextSlot) : PoolReply;

/// <summary>A license as people see it. Times are Unix milliseconds, 0: never.</summary>
/// <param name="Id">The id inside the file.</param>
/// <param name="Seats">Seats it gives.</param>
/// <param name="Held">Seats held.</param>
/// <param name="Holder">Where it gives one seat and that is held: the number of the grant.</param>
/// <param name="Claims">Grants so far.</param>
/// <param name="AddedMs">When it was added.</param>
/// <param name="LastClaimedMs">Last grant.</param>
/// <param name="LastReleasedMs">Last release or expiry.</param>
/// <param name="ExpiryMs">When the picker stops choosing it; null: never.</param>
/// <param name="Retired">Taken out while held.</param>
/// <param name="Holders">Who holds its seats, newest first: at most <see cref="MaxHolders"/>.</param>
public sealed record LicenseView(
    LicenseId Id,
    int Seats,
    int Held,
    long? Holder,
    long Claims,
    long AddedMs,
    long LastClaimedMs,
    long LastReleasedMs,
    long? ExpiryMs,
    bool Retired,
    IReadOnlyList<HolderView> Holders)
{
    /// <summary>The most holders that are listed with a license.</summary>
    public const int MaxHolders = 1_000;
}

/// <summary>A claim as people see it.</summary>
/// <param name="Node">Who holds.</param>
/// <param name="Number">The number of the grant in the pool.</param>
/// <param name="SinceMs">When it was granted (Unix milliseconds).</param>
/// <param name="User">The person the node named.</param>
/// <param name="Host">The machine the node named.</param>
/// <param name="License">The license whose seat it is.</param>
/// <param name="Version">The version of the grant in the pool's journal.</param>
/// <param name="HeardMs">When the node was last heard (Unix milliseconds); null: not since this member opened the pool.</param>
/// <param name="ExpiresMs">Until when the node was told it holds the seat (Unix milliseconds); null: until it is released.</param>
public sealed record HolderView(
    Fingerprint Node,
    long Number,
    long SinceMs,
    string? User,
    string? Host,
    LicenseId License,
    long Version,
    long? HeardMs,
    long? ExpiresMs);

/// <summary>The license is already there, in this pool or another.</summary>
public sealed record DuplicateLicense(LicenseId? License) : PoolReply;

/// <summary>No such license in this pool.</summary>
public sealed record NoSuchLicense(LicenseId License) : PoolReply;

/// <summary>No pool has this name.</summary>
public sealed record NoSuchPool : PoolReply
{
    /// <summary>The one instance.</summary>
    public static readonly NoSuchPool Instance = new();
}

/// <summary>This member does not own the pool; nothing happened here.</summary>
public sealed record NotOwner : PoolReply
{
    /// <summary>The one instance.</summary>
    public static readonly NotOwner Instance = new();
}

/// <summary>Too much is waiting; nothing happened.</summary>
public sealed record Busy : PoolReply
{
    /// <summary>The one instance.</summary>
    public static readonly Busy Instance = new();
}

/// <summary>The store refused; nothing happened.</summary>
public sealed record NotWritten(string Reason) : PoolReply;

/// <summary>It may have happened or not. Never turned into a yes or a no.</summary>
public sealed record Unknown : PoolReply
{
    /// <summary>The one instance.</summary>
    public static readonly Unknown Instance = new();
}

/// <summary>The node holds a seat in another pool, and may hold one in all.</summary>
public sealed record HeldElsewhere : PoolReply
{
    /// <summary>The one instance.</summary>
    public static readonly HeldElsewhere Instance = new();
}
