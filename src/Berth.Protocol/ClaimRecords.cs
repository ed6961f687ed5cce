namespace Berth.Protocol;

/// <summary>What a node says with its claim. All of it may be missing, and so may the body. Other members are ignored.</summary>
/// <param name="User">The user at the node: at most 256 bytes without control characters; empty: none.</param>
/// <param name="Host">The host of the node, likewise.</param>
/// <param name="ClaimKey">
/// 1 to 256 visible ASCII characters that only this node knows and keeps over a restart. A claim made with a key is renewed and
/// released by no other, and finds its license again for one ttl after it expired.
/// </param>
public sealed record ClaimRequest(string? User = null, string? Host = null, string? ClaimKey = null)
{
    /// <summary>Names no key, so that no log line carries one by accident.</summary>
    public override string ToString() => $"ClaimRequest of {User} at {Host}";
}

/// <summary>A claim as its node sees it.</summary>
/// <param name="Pool">The pool; <c>-</c> is the global one.</param>
/// <param name="Fingerprint">Who holds.</param>
/// <param name="LicenseId">The id inside the license file whose seat it is.</param>
/// <param name="Number">The number of the grant in its pool. It grows with each grant.</param>
/// <param name="Version">The version of the grant in the pool's journal.</param>
/// <param name="Since">When it was granted.</param>
/// <param name="ExpiresAt">Until when the node may stay silent, by the member's clock, for display; null: until it is released.</param>
/// <param name="ExpiresIn">How long from receipt the node may stay silent, in seconds; null: until it is released.</param>
/// <param name="LicenseFile">The exact bytes of the license file, where it is handed out.</param>
/// <param name="LicenseKey">The key that opens it, where it is handed out.</param>
public sealed record ClaimEntry(
    string Pool,
    string Fingerprint,
    string LicenseId,
    long Number,
    long Version,
    DateTimeOffset Since,
    DateTimeOffset? ExpiresAt,
    long? ExpiresIn,
    ReadOnlyMemory<byte>? LicenseFile = null,
    string? LicenseKey = null)
{
    /// <summary>Shows neither file nor key, so that no log line carries them by accident.</summary>
    public override string ToString() => $"ClaimEntry {Number} of {Fingerprint} in {Pool} to {LicenseId}";
}

/// <summary>Why a claim was not made, shown or released (RFC 9457). The text may change, the code does not.</summary>
/// <param name="Code">Which kind: one of <see cref="ClaimProblemCodes"/>.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">In words for a person.</param>
/// <param name="Reason">With <see cref="ClaimProblemCodes.NoSeatFree"/>: one of <see cref="NoSeatReasons"/>.</param>
/// <param name="RetryAt">When to ask again at the earliest, by the member's clock, where <c>Retry-After</c> says so too.</param>
public sealed record ClaimProblem(string Code, int Status, string Detail, string? Reason = null, DateTimeOffset? RetryAt = null)
{
    /// <summary>The code as a URI.</summary>
    public string Type => "urn:berth:problem:" + Code;
}
