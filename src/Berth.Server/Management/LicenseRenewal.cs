using Berth.Licensing;
using Berth.Pools;
using Berth.Protocol;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;

namespace Berth.Server.Management;

/// <summary>
/// A license that is in the pool already comes again: a renewed file takes the place of the one that is there, and the same file
/// with another number of seats makes it give more or fewer. Its holders keep their seats.
/// </summary>
internal sealed class LicenseRenewal(ManagedPools pools, IJournal journal)
{
    /// <summary>Renews the license, or says why not.</summary>
    public async ValueTask<(Problem? Refused, AddedLicense? Renewed)> TryAsync(
        PoolName pool, VerifiedLicense license, AddLicensesRequest request, Who who)
    {
        var id = license.Grant.Id;
        if (await journal.ReadLicenseAsync(id) is not { } stored || stored.Pool != pool)
        {
            return (Problems.Duplicate(), null);
        }

        var asked = await pools.SendAsync(pool, new AskLicense(id));
        if (asked is not LicensePage { Licenses: [var there] })
        {
            return (Problems.Of(asked), null);
        }

        var sameFile = stored.File.Span.SequenceEqual(license.Row.File.Span);
        if (sameFile && !there.Retired && (!SaysSeats(request) || license.Grant.Seats == there.Seats))
        {
            return (Problems.Duplicate(), null);
        }

        // Whoever holds an older file may not bring back what it allowed.
        if (!sameFile && LicenseReader.OpenUnverified(stored.File.Span, stored.Key)?.FileIssued is { } before && license.Issued < before)
        {
            return (Problems.OlderFile(id.Value, license.Issued, before), null);
        }

        var grant = license.Grant with { Seats = SaysSeats(request) ? license.Grant.Seats : Math.Min(there.Seats, license.Allowed) };
        var reply = await pools.SendAsync(
            pool, new ChangeLicense(grant, who), new Delivery(0, CancellationToken.None, sameFile ? null : [license.Row]));
        return reply is Changed
            ? (null, (license with { Grant = grant }).Added with { Renewed = true })
            : (Problems.Of(reply), null);
    }

    private static bool SaysSeats(AddLicensesRequest request) => request.Seats is not null || request.AllSeats;
}
