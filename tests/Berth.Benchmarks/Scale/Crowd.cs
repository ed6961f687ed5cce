using System.Globalization;
using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Benchmarks.Scale;

/// <summary>The licenses and nodes of the large pools: ids as long as a UUID, fingerprints as long as a SHA-256 in hex.</summary>
internal static class Crowd
{
    public const int SeatsEach = 10;

    /// <summary>The pool under measurement; not the global one, which a member opens before it is started.</summary>
    public static readonly PoolName Pool = new("bench");

    public static Fingerprint Node(int number) => new(string.Create(CultureInfo.InvariantCulture, $"{Scatter(number):x16}{number:x48}"));

    public static LicenseId License(int number) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{(uint)Scatter(number):x8}-0000-4000-8000-{number:x12}"));

    /// <summary>The commands that add this many licenses, each with its rows.</summary>
    public static IEnumerable<(AddLicenses Command, List<LicenseRow> Rows)> Licenses(int count)
    {
        for (var first = 0; first < count; first += AddLicenses.MaxLicenses)
        {
            var ids = Enumerable.Range(first, Math.Min(AddLicenses.MaxLicenses, count - first)).Select(License).ToList();
            yield return (
                new AddLicenses([.. ids.Select(id => new LicenseGrant(id, SeatsEach, null))], Who.Nobody),
                [.. ids.Select(id => new LicenseRow(id, Pool, System.Text.Encoding.ASCII.GetBytes($"file of {id}"), $"key of {id}"))]);
        }
    }

    /// <summary>Neighbours in number are no neighbours in any table.</summary>
    private static ulong Scatter(int number) => unchecked((ulong)(number + 1) * 0x9E3779B97F4A7C15);
}
