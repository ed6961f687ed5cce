namespace Berth.Protocol;

/// <summary>One license file and the key that opens it, on its way to a member.</summary>
/// <param name="File">The exact bytes of the file.</param>
/// <param name="Key">The license key; blanks around it do not count.</param>
public sealed record LicenseUpload(ReadOnlyMemory<byte> File, string? Key)
{
    /// <summary>Names nothing, so that no log line carries a license key by accident.</summary>
    public override string ToString() => $"LicenseUpload of {File.Length} bytes";
}

/// <summary>License files to be added, in order. The first that fails ends it; those before stay.</summary>
/// <param name="Licenses">At most <see cref="MaxLicenses"/>.</param>
/// <param name="PublicKey">The vendor's public key: 64 hexadecimal digits.</param>
/// <param name="Pool">The pool, made if it is missing; null: the global pool.</param>
/// <param name="Seats">Seats of each license, up to the machines that its file allows; null: one.</param>
/// <param name="AllSeats">As many seats as each file allows machines. Excludes <paramref name="Seats"/>.</param>
public sealed record AddLicensesRequest(
    IReadOnlyList<LicenseUpload?>? Licenses,
    string? PublicKey,
    string? Pool,
    int? Seats = null,
    bool AllSeats = false)
{
    /// <summary>The most licenses in one request.</summary>
    public const int MaxLicenses = 256;
}

/// <summary>A license that was added.</summary>
/// <param name="Id">The id inside the file.</param>
/// <param name="Seats">Seats it gives.</param>
/// <param name="ExpiresAt">When the picker stops choosing it, where expiry is enforced; null: never. It may be in the past.</param>
/// <param name="Renewed">It was there already: its file or its seats were replaced, and its holders keep their seats.</param>
public sealed record AddedLicense(string Id, int Seats, DateTimeOffset? ExpiresAt = null, bool Renewed = false);

/// <summary>The licenses that were added, in order.</summary>
public sealed record AddedLicenses(IReadOnlyList<AddedLicense> Added);

/// <summary>A license that was removed.</summary>
/// <param name="Id">The id inside the file.</param>
/// <param name="Pool">The pool it was in.</param>
/// <param name="Held">Seats still held: their holders keep what they were told.</param>
public sealed record RemovedLicense(string Id, string Pool, int Held = 0);

/// <summary>A license as people see it. Times are RFC 3339 in UTC; null: never.</summary>
/// <param name="Id">The id inside the file.</param>
/// <param name="Pool">The pool; <c>-</c> is the global one.</param>
/// <param name="Seats">Seats it gives.</param>
/// <param name="Held">Seats held.</param>
/// <param name="Holder">Where it gives one seat and that is held: the number of the grant.</param>
/// <param name="Claims">Grants so far.</param>
/// <param name="AddedAt">When it was added.</param>
/// <param name="LastClaimedAt">Last grant.</param>
/// <param name="LastReleasedAt">Last release or expiry.</param>
/// <param name="ExpiresAt">When the picker stops choosing it, where expiry is enforced.</param>
/// <param name="Retired">Taken out while held.</param>
/// <param name="Holders">Who holds its seats, newest first: at most 1,000.</param>
public sealed record LicenseEntry(
    string Id,
    string Pool,
    int Seats,
    int Held,
    long? Holder,
    long Claims,
    DateTimeOffset AddedAt,
    DateTimeOffset? LastClaimedAt,
    DateTimeOffset? LastReleasedAt,
    DateTimeOffset? ExpiresAt,
    bool Retired,
    IReadOnlyList<HolderEntry> Holders);

/// <summary>Some licenses, pool by pool in the order of their names, in each in import order.</summary>
/// <param name="Licenses">The entries.</param>
/// <param name="Next">Ask on from here; null: that was all.</param>
public sealed record LicenseListing(IReadOnlyList<LicenseEntry> Licenses, string? Next);

/// <summary>A policy, or what differs from one: null parts follow the cluster.</summary>
/// <param name="TtlMs">How long a node may stay silent, in milliseconds.</param>
/// <param name="Strategy"><c>fifo</c>, <c>lifo</c> or <c>rand</c>.</param>
/// <param name="Heartbeats">Whether claims lapse without renewals.</param>
public sealed record PolicyParts(long? TtlMs, string? Strategy, bool? Heartbeats)
{
    /// <summary>Nothing differs.</summary>
    public static readonly PolicyParts None = new(null, null, null);
}

/// <summary>A pool and how full it is.</summary>
/// <param name="Name">The pool; <c>-</c> is the global one.</param>
/// <param name="Licenses">Licenses, retired ones included.</param>
/// <param name="Seats">Seats of all licenses.</param>
/// <param name="Held">Seats held.</param>
/// <param name="Free">Seats that a claim could take now.</param>
/// <param name="Policy">The policy that results.</param>
/// <param name="Exception">What the pool does otherwise than the cluster.</param>
/// <param name="Shard">The shard that it belongs to; null: its member is the only one.</param>
/// <param name="Owner">The member that answers for it, as the one that was asked last saw it; null: none does for now, or there is only one.</param>
public sealed record PoolEntry(
    string Name,
    int Licenses,
    long Seats,
    int Held,
    long Free,
    PolicyParts Policy,
    PolicyParts Exception,
    int? Shard = null,
    string? Owner = null);

/// <summary>Some pools in the order of their names.</summary>
/// <param name="Pools">The entries.</param>
/// <param name="Next">Ask on from here; null: that was all.</param>
public sealed record PoolListing(IReadOnlyList<PoolEntry> Pools, string? Next);

/// <summary>The member that answers.</summary>
/// <param name="Version">The version of the program.</param>
/// <param name="ProcessId">The process.</param>
/// <param name="Store">The store it serves.</param>
/// <param name="EdgePort">The port of its edge; 0: it has none.</param>
/// <param name="Since">When it started.</param>
/// <param name="RestoredCopy">The store is a restored copy, not confirmed, and gives no seats: why; null: it gives them.</param>
public sealed record ServerDescription(
    string Version, int ProcessId, string Store, int EdgePort, DateTimeOffset Since, string? RestoredCopy = null);
