namespace Berth.Pools;

/// <summary>Who asked. Every part may be missing; each is at most 256 bytes.</summary>
/// <param name="Actor">The role or tool that asked, such as <c>node</c>, <c>operator</c> or <c>member</c>.</param>
/// <param name="Address">The network address it came from.</param>
/// <param name="User">The person it named.</param>
/// <param name="Host">The machine it named.</param>
public sealed record Who(string? Actor, string? Address, string? User, string? Host)
{
    /// <summary>Nobody in particular.</summary>
    public static readonly Who Nobody = new(null, null, null, null);

    /// <summary>The member itself, for what it does without being asked.</summary>
    public static readonly Who Member = new("member", null, null, null);
}

/// <summary>What can be asked of a pool.</summary>
public abstract record PoolCommand(Who Who);

/// <summary>A node wants a seat, or says that it still uses the one it holds.</summary>
public sealed record ClaimSeat(Fingerprint Node, Who Who, string? ClaimKey = null) : PoolCommand(Who);

/// <summary>A node gives its seat back. A key that is given must be that of the claim, if that was made with one.</summary>
public sealed record ReleaseSeat(Fingerprint Node, Who Who, string? ClaimKey = null) : PoolCommand(Who);

/// <summary>An operator takes a node's seat away. The node gets none in this pool until the cool-down is over.</summary>
/// <param name="Node">Whose seat.</param>
/// <param name="Reason">Why, for the record: 1 to 256 bytes.</param>
/// <param name="CoolDownMs">How long the node may not claim, in milliseconds: 0 to <see cref="MaxCoolDownMs"/>.</param>
/// <param name="Who">Who asked.</param>
public sealed record TakeSeat(Fingerprint Node, string Reason, long CoolDownMs, Who Who) : PoolCommand(Who)
{
    /// <summary>The longest cool-down: 30 days.</summary>
    public const long MaxCoolDownMs = 30L * 24 * 60 * 60 * 1000;

    /// <summary>Longest reason, in UTF-8 bytes.</summary>
    public const int MaxReasonBytes = 256;
}

/// <summary>The member ends the claim with the earliest deadline, if that has passed.</summary>
public sealed record ExpireEarliest() : PoolCommand(Who.Member);

/// <summary>Is a seat free, or past its deadline? Changes nothing.</summary>
public sealed record AskFreeSeat() : PoolCommand(Who.Nobody);

/// <summary>Does this node hold a claim? Changes nothing.</summary>
public sealed record AskClaim(Fingerprint Node) : PoolCommand(Who.Nobody);

/// <summary>The claim of one node, as people see it. Changes nothing.</summary>
public sealed record AskHolder(Fingerprint Node) : PoolCommand(Who.Nobody);

/// <summary>
/// The claims, license by license in import order and each license's newest first, from a place on (-1: from the start).
/// Changes nothing.
/// </summary>
/// <param name="Slot">The place in the import order to go on at.</param>
/// <param name="BelowNumber">At that place: only grants with a smaller number. <see cref="long.MaxValue"/>: all.</param>
/// <param name="Limit">The most holders: 1 to <see cref="AskLicenses.MaxLimit"/>.</param>
public sealed record AskHolders(int Slot, long BelowNumber, int Limit) : PoolCommand(Who.Nobody);

/// <summary>When the next claim lapses if its node stays silent. Changes nothing.</summary>
public sealed record AskNextDeadline() : PoolCommand(Who.Nobody);

/// <summary>What the pool is and how full. Changes nothing.</summary>
public sealed record AskSummary() : PoolCommand(Who.Nobody);

/// <summary>The licenses after a place of the import order (-1: from the start). Changes nothing.</summary>
public sealed record AskLicenses(int AfterSlot, int Limit) : PoolCommand(Who.Nobody)
{
    /// <summary>The most licenses in one page.</summary>
    public const int MaxLimit = 1_000;

    /// <summary>A page ends early once this many holders are on it.</summary>
    public const int MaxHolders = 5_000;
}

/// <summary>One license by its id. Changes nothing.</summary>
public sealed record AskLicense(LicenseId Id) : PoolCommand(Who.Nobody);

/// <summary>One license to be added.</summary>
/// <param name="Id">The id inside the file.</param>
/// <param name="Seats">Seats it gives: 1 to 1,000,000.</param>
/// <param name="ExpiryMs">When the picker stops choosing it (Unix milliseconds); null: never.</param>
public sealed record LicenseGrant(LicenseId Id, int Seats, long? ExpiryMs);

/// <summary>A vendor's licenses are put into the pool, all or none.</summary>
public sealed record AddLicenses(IReadOnlyList<LicenseGrant> Licenses, Who Who) : PoolCommand(Who)
{
    /// <summary>The most licenses in one command.</summary>
    public const int MaxLicenses = 256;
}

/// <summary>
/// A license that is there gives other seats or ends at another time, because its vendor renewed its file or an operator asked.
/// Seats that are held above the new number are not renewed. One that was taken out and is still held comes back.
/// </summary>
public sealed record ChangeLicense(LicenseGrant License, Who Who) : PoolCommand(Who);

/// <summary>What another license server knew is taken over, all or none.</summary>
public sealed record ImportLicenses(IReadOnlyList<ImportedLicense> Licenses, Who Who) : PoolCommand(Who);

/// <summary>A license of another server, with one seat, and who holds it.</summary>
/// <param name="Grant">The license.</param>
/// <param name="AddedMs">When it was added there (Unix milliseconds).</param>
/// <param name="Claims">Grants there so far, the live one included.</param>
/// <param name="LastClaimedMs">Last grant there (Unix milliseconds), 0: never.</param>
/// <param name="LastReleasedMs">Last release there (Unix milliseconds), 0: never.</param>
/// <param name="Holder">Who holds its seat; null: nobody.</param>
public sealed record ImportedLicense(
    LicenseGrant Grant, long AddedMs, long Claims, long LastClaimedMs, long LastReleasedMs, Fingerprint? Holder);

/// <summary>A license is taken out. Holders keep what they were told; nobody else gets its seats.</summary>
public sealed record RemoveLicense(LicenseId Id, Who Who) : PoolCommand(Who);

/// <summary>The pool's exception to the cluster's policy is replaced.</summary>
public sealed record SetPolicyException(PolicyException Exception, Who Who) : PoolCommand(Who);

/// <summary>
/// The record says that the history up to a version may be cut off: the pool's state at that version is kept instead.
/// </summary>
/// <param name="UpTo">The last version that is cut off.</param>
/// <param name="Digest">SHA-256 of the state that is kept, as 64 lower-case hexadecimal digits.</param>
/// <param name="Who">Who asked.</param>
public sealed record CutHistory(long UpTo, string Digest, Who Who) : PoolCommand(Who);

/// <summary>
/// An operator answers for a restored copy: the original does not serve and will not. Recorded in the global pool.
/// </summary>
/// <param name="Origin">Why the store was taken for a copy: at most <see cref="MaxOriginBytes"/> of UTF-8.</param>
/// <param name="Who">Who answers for it.</param>
public sealed record ConfirmCopy(string Origin, Who Who) : PoolCommand(Who)
{
    /// <summary>The longest origin that is recorded.</summary>
    public const int MaxOriginBytes = 1_024;
}

/// <summary>The cluster's policy is recorded. Only the global pool's journal keeps it.</summary>
public sealed record SetClusterPolicy(Policy Policy, Who Who) : PoolCommand(Who);
