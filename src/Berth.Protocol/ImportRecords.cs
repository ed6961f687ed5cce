namespace Berth.Protocol;

/// <summary>A license of Keygen Relay, with its one seat. Times are Unix milliseconds, 0: never.</summary>
/// <param name="Id">The id inside the file.</param>
/// <param name="File">The exact bytes of the file.</param>
/// <param name="Key">The license key that nodes are given.</param>
/// <param name="AddedMs">When it was added there.</param>
/// <param name="Claims">Grants there so far, a live one included.</param>
/// <param name="LastClaimedMs">Last grant there.</param>
/// <param name="LastReleasedMs">Last release there.</param>
/// <param name="Holder">The fingerprint of the node that holds its seat; null: nobody.</param>
public sealed record LicenseImport(
    string? Id,
    ReadOnlyMemory<byte> File,
    string? Key,
    long AddedMs = 0,
    long Claims = 0,
    long LastClaimedMs = 0,
    long LastReleasedMs = 0,
    string? Holder = null)
{
    /// <summary>Names the license alone, so that no log line carries a license key by accident.</summary>
    public override string ToString() => $"LicenseImport of {File.Length} bytes";
}

/// <summary>Licenses of one pool that are to be taken over.</summary>
/// <param name="Pool">The pool; <c>-</c> is the global one.</param>
/// <param name="Licenses">At most <see cref="MaxLicenses"/>; none only makes the pool.</param>
/// <param name="PublicKey">The vendor's public key that must have signed every file: 64 hexadecimal digits; null: not checked.</param>
/// <param name="CheckOnly">Says what would happen, and writes nothing.</param>
public sealed record ImportPage(
    string? Pool, IReadOnlyList<LicenseImport?>? Licenses, string? PublicKey = null, bool CheckOnly = false)
{
    /// <summary>The most licenses in one page.</summary>
    public const int MaxLicenses = 100;
}

/// <summary>What became of a page.</summary>
/// <param name="Licenses">Licenses that were taken over.</param>
/// <param name="Claims">How many of them are held.</param>
/// <param name="Counted">Grants that were counted for them so far.</param>
/// <param name="Present">Licenses that were there already with the same file.</param>
/// <param name="Remarks">What was left out, and warnings.</param>
public sealed record ImportedPage(int Licenses, int Claims, long Counted, int Present, IReadOnlyList<ImportRemark> Remarks);

/// <summary>Something about a license that was not taken over as it was.</summary>
/// <param name="Kind">One of the constants here.</param>
/// <param name="License">The license; in a remark about a pool, the pool.</param>
/// <param name="Detail">What and why, in words for a person.</param>
public sealed record ImportRemark(string Kind, string License, string Detail)
{
    /// <summary>The pool, with its licenses, is left out.</summary>
    public const string PoolLeftOut = "pool-left-out";

    /// <summary>The license is left out.</summary>
    public const string LicenseLeftOut = "license-left-out";

    /// <summary>The license is taken over, and its holder is not.</summary>
    public const string ClaimLeftOut = "claim-left-out";

    /// <summary>Worth knowing; nothing is left out.</summary>
    public const string Warning = "warning";

    /// <summary>Something is missing afterwards.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsLoss => Kind is not Warning;
}
