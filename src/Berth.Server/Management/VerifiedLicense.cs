using Berth.Pools;
using Berth.Protocol;
using Berth.Runtime.Journal;

namespace Berth.Server.Management;

/// <summary>A license file that its vendor signed, on its way into a pool.</summary>
/// <param name="Grant">What it is to give.</param>
/// <param name="Row">The file and its key.</param>
/// <param name="Allowed">The most seats that the file allows.</param>
/// <param name="Issued">When the file was issued.</param>
internal sealed record VerifiedLicense(LicenseGrant Grant, LicenseRow Row, int Allowed, DateTimeOffset Issued)
{
    public AddedLicense Added => new(
        Grant.Id.Value, Grant.Seats, Grant.ExpiryMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null);
}
