using Berth.Licensing;
using Berth.Protocol;

namespace Berth.Benchmarks.Cluster;

/// <summary>Pools with one license each, made through the members' management.</summary>
internal sealed class PoolSeed(ClusterSite site)
{
    private const int AtOnce = 128; // A member learns of pools that another has made a few times a second, of all at once.
    private readonly VendorKey _key = VendorKey.Generate();

    /// <summary>Makes the pools of these names.</summary>
    public Task MakeAsync(IEnumerable<string> pools, CancellationToken stop) => Parallel.ForEachAsync(
        pools.Select((name, number) => (name, number)),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop },
        async (pool, cancel) => await MakeAsync(site.Members[pool.number % site.Members.Count], pool.name, cancel));

    private async Task MakeAsync(ClusterServer at, string pool, CancellationToken stop)
    {
        var template = new LicenseTemplate
        {
            Id = Guid.NewGuid().ToString("D"),
            Key = $"KEY-{Guid.NewGuid():N}",
            Name = new string('n', 1_500), // A file of about 3,000 bytes, 4 kB in base64.
            Issued = TimeProvider.System.GetUtcNow(),
            MaxMachines = ClusterPlan.SeatsEach,
        };
        var upload = new LicenseUpload(LicenseIssuer.Issue(template, _key.Seed, template.Key), template.Key);
        var answer = await at.Management.AddLicensesAsync(
            new AddLicensesRequest([upload], _key.PublicKeyHex, pool, ClusterPlan.SeatsEach), stop);
        if (!answer.IsGood)
        {
            throw new BenchException($"pool {pool} could not be made at {at.Name}: {answer.Problem.Detail}");
        }
    }
}
