using System.Runtime.ExceptionServices;
using Berth.Licensing;
using Berth.Pools;
using Berth.Protocol;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;

namespace Berth.Server.Management;

/// <summary>Brings license files into a pool: verified one by one, written together, and in order up to the first that fails.</summary>
internal sealed class LicenseIntake(ManagedPools pools, IJournal journal, TimeProvider time, Who who)
{
    private const int MaxSeats = 1_000_000;

    private readonly LicenseRenewal _renewal = new(pools, journal);

    /// <summary>Whether a text can be the id of a license: 1 to 128 bytes without control characters.</summary>
    public static bool IsValidId(string id) => id.Length <= LicenseId.MaxBytes && Fingerprint.IsValid(id)
        && System.Text.Encoding.UTF8.GetByteCount(id) <= LicenseId.MaxBytes;

    public async ValueTask<Answer<AddedLicenses>> AddAsync(AddLicensesRequest request, int verifiers)
    {
        if (Flaw(request) is { } flaw)
        {
            return Problems.Invalid(flaw);
        }

        var pool = request.Pool is null or "-" ? PoolName.Global : new PoolName(request.Pool);
        var (verified, refused) = VerifyAll(request, pool, verifiers);
        var added = new List<AddedLicense>();
        var failed = await WriteAsync(pool, verified, request, added) ?? refused;
        return failed is null ? new AddedLicenses(added) : failed with { Added = added };
    }

    private static string? Flaw(AddLicensesRequest request) => request switch
    {
        { Licenses: null or [] } => "there is no license to add",
        { Licenses.Count: > AddLicensesRequest.MaxLicenses } => $"at most {AddLicensesRequest.MaxLicenses} licenses at once",
        { PublicKey: null } => "the public key is missing",
        { Seats: < 1 or > MaxSeats } => $"seats must be 1 to {MaxSeats}",
        { Seats: not null, AllSeats: true } => "either a number of seats, or all of them",
        { Pool: not (null or "-") } when !PoolName.IsValid(request.Pool) =>
            $"a pool's name has 1 to {PoolName.MaxBytes} bytes and no control characters",
        _ when request.Licenses.Any(upload => upload?.Key is null) => "a license lacks its file or its key",
        _ => null,
    };

    /// <summary>Verifies on several threads; what counts is the first failure in the order of the request, and those before it.</summary>
    private (List<VerifiedLicense> Verified, Problem? Refused) VerifyAll(AddLicensesRequest request, PoolName pool, int verifiers)
    {
        var now = time.GetUtcNow();
        var uploads = request.Licenses!;
        var outcomes = new (Problem? Refused, VerifiedLicense Verified)[uploads.Count];
        try
        {
            Parallel.For(0, uploads.Count, new ParallelOptions { MaxDegreeOfParallelism = verifiers }, (i, loop) =>
            {
                outcomes[i].Refused = Verify(uploads[i]!, request, pool, now, out outcomes[i].Verified);
                if (outcomes[i].Refused is not null)
                {
                    // Those before it are still verified.
                    loop.Break();
                }
            });
        }
        catch (AggregateException error)
        {
            // OpenSSL is missing or broken: the same for all.
            ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
        }

        var good = outcomes.TakeWhile(outcome => outcome.Refused is null).Select(outcome => outcome.Verified).ToList();
        return (good, good.Count < outcomes.Length ? outcomes[good.Count].Refused : null);
    }

    private static Problem? Verify(LicenseUpload upload, AddLicensesRequest request, PoolName pool, DateTimeOffset now, out VerifiedLicense verified)
    {
        verified = null!;
        var reading = LicenseReader.Read(upload.File.Span, upload.Key!.Trim(), request.PublicKey!, now);
        if (reading is LicenseRejected rejected)
        {
            return new Problem(
                rejected.Reason is LicenseRejection.Expired ? ProblemCodes.LicenseExpired : ProblemCodes.LicenseRejected, 422, rejected.Text);
        }

        var license = ((LicenseAccepted)reading).License;
        if (!IsValidId(license.Id))
        {
            var invalid = new LicenseRejected(LicenseRejection.ContentsInvalid, "its id is too long or holds control characters");
            return new Problem(ProblemCodes.LicenseRejected, 422, invalid.Text);
        }

        var allowed = Math.Clamp(license.MaxMachines ?? 1, 1, MaxSeats);
        if (request.Seats > allowed)
        {
            return new Problem(ProblemCodes.SeatsNotAllowed, 422, license.MaxMachines is null
                ? $"license {license.Id} does not state a number of machines: it gives 1 seat"
                : $"license {license.Id} allows {allowed} machines, not {request.Seats}");
        }

        var id = new LicenseId(license.Id);
        var seats = request.AllSeats ? allowed : request.Seats ?? 1;
        verified = new VerifiedLicense(
            new LicenseGrant(id, seats, Earliest(license)), new LicenseRow(id, pool, upload.File, license.Key), allowed, license.FileIssued);
        return null;
    }

    /// <summary>When a license gives no more seats: at its own end or at its file's, whichever is first (Unix milliseconds).</summary>
    public static long? Earliest(Berth.Licensing.License license)
    {
        var end = license.LicenseExpiry is { } expiry && (license.FileEnd is not { } file || expiry < file) ? expiry : license.FileEnd;
        return end?.ToUnixTimeMilliseconds();
    }

    /// <summary>Writes all together, in a few batches where they are large. Where one is there already, one by one, so that it is renewed, or those before it stay.</summary>
    private async ValueTask<Problem?> WriteAsync(
        PoolName pool, List<VerifiedLicense> licenses, AddLicensesRequest request, List<AddedLicense> added)
    {
        if (licenses.Count == 0)
        {
            return null;
        }

        if (!await pools.HasAsync(pool))
        {
            // A pool comes into being with its first license; one that is there already must not leave an empty pool behind.
            if (await journal.ReadLicenseAsync(licenses[0].Grant.Id) is not null)
            {
                return Problems.Duplicate();
            }

            await pools.CreateAsync(pool);
        }

        foreach (var together in RowBatches.Of(licenses, license => license.Row))
        {
            var reply = await SendAsync(pool, together, added);
            var failed = reply is DuplicateLicense ? await WriteOneByOneAsync(pool, together, request, added)
                : reply is Changed ? null : Problems.Of(reply);
            if (failed is not null)
            {
                return failed;
            }
        }

        return null;
    }

    private async ValueTask<Problem?> WriteOneByOneAsync(
        PoolName pool, List<VerifiedLicense> licenses, AddLicensesRequest request, List<AddedLicense> added)
    {
        foreach (var license in licenses)
        {
            var reply = await SendAsync(pool, [license], added);
            if (reply is DuplicateLicense)
            {
                var (refused, renewed) = await _renewal.TryAsync(pool, license, request, who);
                if (renewed is null)
                {
                    return refused;
                }

                added.Add(renewed);
            }
            else if (reply is not Changed)
            {
                return Problems.Of(reply);
            }
        }

        return null;
    }

    private async ValueTask<PoolReply> SendAsync(PoolName pool, List<VerifiedLicense> licenses, List<AddedLicense> added)
    {
        var command = new AddLicenses([.. licenses.Select(license => license.Grant)], who);
        var rows = licenses.Select(license => license.Row).ToList();
        var reply = await pools.SendAsync(pool, command, new Delivery(0, CancellationToken.None, rows));
        if (reply is Changed)
        {
            added.AddRange(licenses.Select(license => license.Added));
        }

        return reply;
    }
}
