using Berth.Protocol;

namespace Berth.Cli.Doctor;

/// <summary>What is known of pools and licenses.</summary>
/// <param name="Pools">All pools.</param>
/// <param name="Licenses">All licenses.</param>
/// <param name="Failure">Why they could not be asked for; null: they were.</param>
internal sealed record PoolProbe(IReadOnlyList<PoolEntry> Pools, IReadOnlyList<LicenseEntry> Licenses, string? Failure);

/// <summary>Checks of pools and licenses.</summary>
internal static class PoolChecks
{
    private const int MostNamed = 5;

    /// <summary>Days before the end of a license at which it is worth a word.</summary>
    private static readonly int[] _days = [1, 7, 14, 30];

    public static IEnumerable<Finding> Of(PoolProbe probe, DateTimeOffset now)
    {
        if (probe.Failure is { } failure)
        {
            yield return Finding.Fail(CheckNames.Pools, failure, "the checks above say why");
            yield break;
        }

        yield return Pools(probe.Pools);
        yield return Licenses(probe.Licenses.Where(license => !license.Retired).ToList(), now);
    }

    private static Finding Pools(IReadOnlyList<PoolEntry> pools)
    {
        var text = $"{pools.Count}, with {pools.Sum(pool => pool.Free)} free seats of {pools.Sum(pool => pool.Seats)}";
        var full = pools.Where(pool => pool is { Seats: > 0, Free: 0 }).Select(pool => pool.Name).ToList();
        return full.Count > 0
            ? Finding.Warn(CheckNames.Pools, $"{text}; full: {Named(full)}", "add licenses, or see who holds the seats: berth ls --json")
            : Finding.Ok(CheckNames.Pools, text);
    }

    private static Finding Licenses(List<LicenseEntry> licenses, DateTimeOffset now)
    {
        var past = licenses.Where(license => license.ExpiresAt <= now).Select(license => license.Id).ToList();
        if (past.Count > 0)
        {
            return Finding.Warn(CheckNames.Licenses, $"{past.Count} of {licenses.Count} are past their end: {Named(past)}", "ask the vendor for renewed files, or take them out: berth del ID");
        }

        foreach (var days in _days)
        {
            var soon = licenses.Where(license => license.ExpiresAt <= now.AddDays(days)).Select(license => license.Id).ToList();
            if (soon.Count > 0)
            {
                return Finding.Warn(
                    CheckNames.Licenses, $"{soon.Count} of {licenses.Count} end within {days} day{(days == 1 ? "" : "s")}: {Named(soon)}", "ask the vendor for renewed files");
            }
        }

        return Finding.Ok(CheckNames.Licenses, $"{licenses.Count}, none ends within 30 days");
    }

    private static string Named(List<string> names) =>
        string.Join(", ", names.Take(MostNamed)) + (names.Count > MostNamed ? $" and {names.Count - MostNamed} more" : string.Empty);
}
