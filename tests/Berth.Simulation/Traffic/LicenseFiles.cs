using System.Text;
using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Simulation.Traffic;

/// <summary>The files that go with licenses: here a few bytes that tell whose they are.</summary>
internal static class LicenseFiles
{
    /// <summary>The rows that a command brings along; null: none.</summary>
    public static IReadOnlyList<LicenseRow>? With(PoolName pool, PoolCommand command) => command is AddLicenses add
        ? [.. add.Licenses.Select(license => Row(pool, license.Id.Value))]
        : null;

    /// <summary>No two licenses have the same key either.</summary>
    private static LicenseRow Row(PoolName pool, string id) => new(new LicenseId(id), pool, Encoding.UTF8.GetBytes(id), $"key of {id}");
}
