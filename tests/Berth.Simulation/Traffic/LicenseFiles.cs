using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Simulation.Traffic;

/// <summary>The files that go with licenses: here a few bytes that tell whose they are.</summary>
internal static class LicenseFiles
{
    /// <summary>The rows that a command brings along; null: none.</summary>
    public static IReadOnlyList<LicenseRow>? With(PoolName pool, PoolCommand command) => command is AddLicenses add
        ? [.. add.Licenses.Select(license => new LicenseRow(license.Id, pool, System.Text.Encoding.UTF8.GetBytes(license.Id.Value), "key"))]
        : null;
}
