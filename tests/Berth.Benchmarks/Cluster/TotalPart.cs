using Berth.Benchmarks.Edge;
using Berth.Benchmarks.Load;
using Berth.Benchmarks.Processes;

namespace Berth.Benchmarks.Cluster;

/// <summary>Claims at all members at once, each over all pools: two of three are forwarded. Beside it, in turn, the bare endpoint.</summary>
internal sealed class TotalPart(ClusterSite site, ClusterPlan plan, Server bare)
{
    /// <summary>The median of the rounds' ratios, and of their answers a second.</summary>
    public async Task<(double Ratio, double PerSecond, double P99Ms)> RunAsync(int pools, CancellationToken stop)
    {
        var ratios = new List<double>();
        var rates = new List<double>();
        var slowest = new List<double>();
        var before = await BareAsync(stop);
        for (var round = 0; round < plan.Rounds; round++)
        {
            var results = await Task.WhenAll(site.Members.Select(member => Claims.RunAsync(
                member.Server with { Pool = PoolNames.Prefix },
                ClusterPlan.Connections,
                plan.WarmUp,
                plan.Duration,
                putsOnly: false,
                stop,
                threads: 1,
                pools: pools,
                prefix: member.Name)));
            if (results.FirstOrDefault(result => result.Errors > 0) is { } wrong)
            {
                throw new BenchException($"{wrong.Errors} errors over {pools} pools, the first: {wrong.FirstError}");
            }

            var after = await BareAsync(stop);
            rates.Add(results.Sum(result => result.AnswersPerSecond));
            ratios.Add(rates[^1] * 2 / (before.AnswersPerSecond + after.AnswersPerSecond));
            slowest.Add(results.Max(result => result.PutP99Ms));
            Console.WriteLine($"  total over {pools} pools: {rates[^1]:N0}/s, bare {before.AnswersPerSecond:N0}/s and {after.AnswersPerSecond:N0}/s, ratio {ratios[^1]:F3}");
            before = after;
        }

        return (Duel.Median(ratios), Duel.Median(rates), Duel.Median(slowest));
    }

    private async Task<LoadResult> BareAsync(CancellationToken stop) =>
        await Claims.RunAsync(bare, ClusterPlan.Connections, TimeSpan.FromSeconds(1), plan.Duration, putsOnly: false, stop);
}
