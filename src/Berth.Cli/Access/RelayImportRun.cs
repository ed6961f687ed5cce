using Berth.Cli.Output;
using Berth.Cli.Verbs;
using Berth.Licensing;
using Berth.Pools;
using Berth.Protocol;
using Berth.Storage;

namespace Berth.Cli.Access;

/// <summary>Brings a database of Keygen Relay into a cluster, page by page.</summary>
internal sealed class RelayImportRun
{
    private const int MaxBytesAtOnce = 8 * 1024 * 1024;

    private readonly RelayDatabase _source;
    private readonly List<ImportRemark> _remarks = [];
    private readonly List<string> _pools = ["-"];
    private readonly List<RelayLicense> _licenses = [];

    public RelayImportRun(RelayDatabase source)
    {
        _source = source;
        foreach (var pool in source.Pools)
        {
            if (PoolName.IsValid(pool))
            {
                _pools.Add(pool);
            }
            else
            {
                var reason = pool == "-" ? "the name is kept for the global pool" : $"a name has 1 to {PoolName.MaxBytes} bytes of UTF-8 and no control characters";
                _remarks.Add(new ImportRemark(ImportRemark.PoolLeftOut, pool, reason));
            }
        }

        var known = _pools.ToHashSet(StringComparer.Ordinal);
        foreach (var license in source.Licenses)
        {
            if (Flaw(license, known) is { } flaw)
            {
                _remarks.Add(new ImportRemark(ImportRemark.LicenseLeftOut, license.Id, flaw));
                continue;
            }

            _licenses.Add(Examined(license));
        }
    }

    /// <summary>What the database holds that cannot be taken over, and warnings.</summary>
    public IReadOnlyList<ImportRemark> Remarks => _remarks;

    /// <summary>Licenses that can be taken over, as far as the database itself tells.</summary>
    public int Licenses => _licenses.Count;

    /// <summary>Takes everything over, or only finds out what would become of it.</summary>
    public async Task<ImportSummary> RunAsync(Call call, IRelayImport import, string? publicKey, bool checkOnly)
    {
        var total = new ImportSummary(string.Empty, checkOnly, _pools.Count, 0, 0, 0, 0, publicKey is not null, []);
        var remarks = new List<ImportRemark>(_remarks);
        var done = 0;
        using var progress = new ProgressLine(call.Shell, checkOnly ? "checking license" : "importing license", _licenses.Count);
        foreach (var (pool, licenses) in Pages())
        {
            call.Shell.Stop.ThrowIfCancellationRequested();
            var page = new ImportPage(pool, [.. licenses.Select(Load)], publicKey, checkOnly);
            var answer = await import.ImportAsync(page, call.Shell.Stop).OrFailAsync();
            total = total with
            {
                Licenses = total.Licenses + answer.Licenses,
                Present = total.Present + answer.Present,
                Claims = total.Claims + answer.Claims,
                Counted = total.Counted + answer.Counted,
            };
            remarks.AddRange(answer.Remarks);
            progress.Show(done += licenses.Count);
        }

        return total with { Remarks = remarks };
    }

    /// <summary>Pages of one pool each, in the order in which Relay gives its licenses out. A pool without licenses has an empty one.</summary>
    private IEnumerable<(string Pool, List<RelayLicense> Licenses)> Pages()
    {
        var ofPools = _licenses.ToLookup(license => license.Pool ?? "-", StringComparer.Ordinal);
        foreach (var pool in _pools)
        {
            var page = new List<RelayLicense>();
            long bytes = 0;
            foreach (var license in ofPools[pool])
            {
                if (page.Count == ImportPage.MaxLicenses || (page.Count > 0 && bytes + license.FileBytes > MaxBytesAtOnce))
                {
                    yield return (pool, page);
                    (page, bytes) = ([], 0);
                }

                page.Add(license);
                bytes += license.FileBytes;
            }

            if (page.Count > 0 || !ofPools.Contains(pool))
            {
                yield return (pool, page);
            }
        }
    }

    private LicenseImport Load(RelayLicense license)
    {
        var (file, key) = _source.ReadFile(license);
        return new LicenseImport(
            license.Id,
            file,
            key,
            Milliseconds(license.Added),
            Math.Max(0, license.Claims),
            Milliseconds(license.LastClaimed),
            Milliseconds(license.LastReleased),
            license.Holder);
    }

    private RelayLicense Examined(RelayLicense license)
    {
        if (license.Leaked)
        {
            const string Leaked = "it is held by a node that Relay took for gone, so that it gave the seat to nobody: it is free here";
            _remarks.Add(new ImportRemark(ImportRemark.Warning, license.Id, Leaked));
        }

        if (license.Holder is not { } holder || Fingerprint.IsValid(holder))
        {
            return license;
        }

        var reason = $"the fingerprint of its holder is not 1 to {Fingerprint.MaxBytes} bytes of UTF-8 without control characters: "
            + ImportSummary.Printable(holder);
        _remarks.Add(new ImportRemark(ImportRemark.ClaimLeftOut, license.Id, reason));
        return license with { Holder = null };
    }

    private static string? Flaw(RelayLicense license, HashSet<string> pools) => license switch
    {
        { LostPool: true } => "its pool is missing, so that Relay never gave it out",
        { Pool: "-" } => "its pool is left out",
        { Pool: { } pool } when !pools.Contains(pool) => "its pool is left out",
        { FileBytes: 0 or > LicenseReader.MaxFileBytes } => $"its file has {license.FileBytes} bytes, not 1 to {LicenseReader.MaxFileBytes}",
        _ when !Fingerprint.IsValid(license.Id) || System.Text.Encoding.UTF8.GetByteCount(license.Id) > LicenseId.MaxBytes =>
            $"its id is not 1 to {LicenseId.MaxBytes} bytes of UTF-8 without control characters",
        _ => null,
    };

    /// <summary>Seconds within the years that can be shown; anything else is no time.</summary>
    private static long Milliseconds(long seconds) => seconds is > 0 and < 253_402_300_800 ? seconds * 1000 : 0;
}
