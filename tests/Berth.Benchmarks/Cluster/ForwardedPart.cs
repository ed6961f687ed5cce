using Berth.Benchmarks.Edge;
using Berth.Benchmarks.Processes;

namespace Berth.Benchmarks.Cluster;

/// <summary>The same claims on the same pool, at its owner and at another member, in turn.</summary>
internal static class ForwardedPart
{
    public static async Task<Duel> RunAsync(ClusterSite site, ClusterPlan plan, string pool, string owner, CancellationToken stop)
    {
        var direct = site[owner].Server with { Pool = pool, Name = "direct" };
        var forwarded = site.Members.First(member => member.Name != owner).Server with { Pool = pool, Name = "forwarded" };
        return await Duel.RunAsync("claims", ClusterPlan.Connections, plan.Rounds, forwarded, direct, RoundAsync);

        async Task<Sample> RoundAsync(Server server, int connections)
        {
            var cpu = server.Process.Cpu;
            var result = await Claims.RunAsync(server, connections, plan.WarmUp, plan.Duration, putsOnly: false, stop);
            if (result.Errors > 0)
            {
                throw new BenchException($"{server.Name}: {result.Errors} errors, the first: {result.FirstError}");
            }

            var share = plan.Duration / (plan.Duration + plan.WarmUp);
            return new Sample(
                result.AnswersPerSecond, result.PutP50Ms, result.PutP99Ms, result.PutMaxMs,
                (server.Process.Cpu - cpu).TotalMicroseconds * share / result.Answers, result.GeneratorCpuMicrosPerAnswer);
        }
    }
}
