using Berth.Licensing;
using Berth.Pools;
using Berth.Protocol;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;

namespace Berth.Server.Management;

/// <summary>Takes over a page of Keygen Relay's licenses: each is looked at by itself, and what is good is written together.</summary>
internal sealed class RelayImport(ManagedPools pools, IJournal journal, Who who) : IRelayImport
{
    /// <inheritdoc/>
    public async ValueTask<Answer<ImportedPage>> ImportAsync(ImportPage page, CancellationToken stop)
    {
        if (Flaw(page) is { } flaw)
        {
            return Problems.Invalid(flaw);
        }

        var pool = page.Pool is "-" ? PoolName.Global : new PoolName(page.Pool!);
        var import = new PageImport(pool);
        foreach (var license in page.Licenses!)
        {
            stop.ThrowIfCancellationRequested();
            await ExamineAsync(import, license!, page.PublicKey);
        }

        if (page.CheckOnly)
        {
            return import.Done(import.Good);
        }

        await pools.CreateAsync(pool);
        return await WriteAsync(import);
    }

    private static string? Flaw(ImportPage page) => page switch
    {
        { Licenses: null } => "the licenses are missing",
        { Licenses.Count: > ImportPage.MaxLicenses } => $"at most {ImportPage.MaxLicenses} licenses at once",
        { Pool: not "-" } when page.Pool is null || !PoolName.IsValid(page.Pool) =>
            $"a pool's name has 1 to {PoolName.MaxBytes} bytes and no control characters",
        { PublicKey: { } key } when !VendorKey.TryParsePublicKey(key, out _) => "the public key is not 64 hexadecimal digits of a key",
        _ => page.Licenses.Select(Flaw).FirstOrDefault(flaw => flaw is not null),
    };

    private static string? Flaw(LicenseImport? license) => license switch
    {
        null or { Id: null } or { Key: null or "" } => "a license lacks its id or its key",
        _ when !LicenseIntake.IsValidId(license.Id) => $"a license's id has 1 to {LicenseId.MaxBytes} bytes and no control characters",
        { File.Length: 0 or > LicenseReader.MaxFileBytes } =>
            $"the file of license {license.Id} has {license.File.Length} bytes, not 1 to {LicenseReader.MaxFileBytes}",
        { Holder: { } holder } when !Fingerprint.IsValid(holder) =>
            $"the fingerprint that holds license {license.Id} is not 1 to {Fingerprint.MaxBytes} bytes of UTF-8 without control characters",
        { Claims: < 0 } or { AddedMs: < 0 or > MaxTimeMs } or { LastClaimedMs: < 0 or > MaxTimeMs } or { LastReleasedMs: < 0 or > MaxTimeMs } =>
            $"a count or a time of license {license.Id} is out of range",
        _ => null,
    };

    /// <summary>The end of the year 9999, beyond which no time can be shown.</summary>
    private const long MaxTimeMs = 253_402_300_799_999;

    private async ValueTask ExamineAsync(PageImport import, LicenseImport license, string? publicKey)
    {
        var id = new LicenseId(license.Id!);
        if (await journal.ReadLicenseAsync(id) is { } there)
        {
            import.Present(license, there);
            return;
        }

        if (publicKey is not null && LicenseReader.Verify(license.File.Span, publicKey) is { } refused)
        {
            import.LeaveOut(license, $"its file is not signed with the public key that was given: {refused.Detail}");
            return;
        }

        var opened = LicenseReader.OpenUnverified(license.File.Span, license.Key!);
        if (opened is not null && opened.Id != license.Id)
        {
            import.LeaveOut(license, "its file is of another license");
            return;
        }

        if (opened is null)
        {
            import.Warn(license, "its key does not open its file: when it expires is not known, so it never does");
        }

        var holder = license.Holder is { } node ? new Fingerprint(node) : default(Fingerprint?);
        if (holder is { } claimant && await HoldsAsync(import.Pool, claimant))
        {
            import.LeaveClaimOut(license, "its holder holds another seat here already");
            holder = null;
        }

        import.Good.Add(new Import(
            new ImportedLicense(
                new LicenseGrant(id, 1, opened is null ? null : LicenseIntake.Earliest(opened)),
                license.AddedMs,
                license.Claims,
                license.LastClaimedMs,
                license.LastReleasedMs,
                holder),
            new LicenseRow(id, import.Pool, license.File, license.Key!)));
    }

    private async ValueTask<bool> HoldsAsync(PoolName pool, Fingerprint node) =>
        pools.HoldsAnywhere(node) ?? await pools.SendAsync(pool, new AskClaim(node)) is AlreadyHeld;

    private async ValueTask<Answer<ImportedPage>> WriteAsync(PageImport import)
    {
        var written = new List<Import>();
        foreach (var together in RowBatches.Of(import.Good, license => license.Row))
        {
            if (await WriteAsync(import, together, written) is { } failed)
            {
                return failed;
            }
        }

        return import.Done(written);
    }

    /// <summary>Writes all together. Where one of them cannot be, one by one, so that it is known which.</summary>
    private async ValueTask<Problem?> WriteAsync(PageImport import, List<Import> licenses, List<Import> written)
    {
        var reply = await SendAsync(import.Pool, licenses);
        if (reply is Changed)
        {
            written.AddRange(licenses);
            return null;
        }

        foreach (var license in reply is DuplicateLicense or AlreadyHeld ? licenses : [])
        {
            reply = await SendAsync(import.Pool, [license]);
            if (reply is Changed)
            {
                written.Add(license);
            }
            else if (reply is DuplicateLicense)
            {
                import.LeaveOut(license, "another license has its key or its file");
            }
            else if (reply is AlreadyHeld)
            {
                import.LeaveOut(license, "its holder holds another seat here since a moment ago: import again");
            }
            else
            {
                break;
            }
        }

        return reply is Changed or DuplicateLicense or AlreadyHeld ? null : Problems.Of(reply);
    }

    private ValueTask<PoolReply> SendAsync(PoolName pool, List<Import> licenses)
    {
        var command = new ImportLicenses([.. licenses.Select(license => license.License)], who);
        return pools.SendAsync(pool, command, new Delivery(0, CancellationToken.None, [.. licenses.Select(license => license.Row)]));
    }

    /// <summary>A license with its file, ready to be written.</summary>
    private sealed record Import(ImportedLicense License, LicenseRow Row);

    /// <summary>What is known of a page so far.</summary>
    private sealed class PageImport(PoolName pool)
    {
        private readonly List<ImportRemark> _remarks = [];
        private int _present;

        public PoolName Pool { get; } = pool;

        public List<Import> Good { get; } = [];

        public void Present(LicenseImport license, LicenseRow there)
        {
            if (there.File.Span.SequenceEqual(license.File.Span))
            {
                _present++;
                return;
            }

            LeaveOut(license, $"it is in pool {there.Pool} already, with another file");
        }

        public void LeaveOut(LicenseImport license, string why) => Remark(ImportRemark.LicenseLeftOut, license.Id!, why);

        public void LeaveOut(Import license, string why) => Remark(ImportRemark.LicenseLeftOut, license.Row.Id.Value, why);

        public void LeaveClaimOut(LicenseImport license, string why) => Remark(ImportRemark.ClaimLeftOut, license.Id!, why);

        public void Warn(LicenseImport license, string what) => Remark(ImportRemark.Warning, license.Id!, what);

        public ImportedPage Done(List<Import> written) => new(
            written.Count,
            written.Count(import => import.License.Holder is not null),
            written.Sum(import => import.License.Claims),
            _present,
            _remarks);

        private void Remark(string kind, string id, string detail) => _remarks.Add(new ImportRemark(kind, id, detail));
    }
}
