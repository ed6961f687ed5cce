using Berth.Benchmarks.Edge;
using Berth.Benchmarks.Processes;
using Berth.Benchmarks.Scale;

namespace Berth.Benchmarks.Cluster;

/// <summary>The verb <c>cluster</c>: three members and a PostgreSQL on one machine, beside the bare endpoint on the same machine.</summary>
internal sealed class ClusterBench(ClusterPlan plan)
{
    private const double ForwardedFloor = 0.5;
    private const double FewFloor = 0.15;
    private const double ManyFloor = 0.08;
    private const double ShardsLimitMs = 1_000;
    private const double AllLimitMs = 2_000;
    private const int MiB = 1 << 20;
    private static readonly string[] _rates = ["forwarded", "total"];

    private readonly List<Figure> _figures = [];
    private readonly ScaleReport _report = new();

    public async Task<int> RunAsync(CancellationToken stop)
    {
        var scratch = plan.Scratch is null
            ? Directory.CreateTempSubdirectory("berth-bench-").FullName
            : Directory.CreateDirectory(Path.Combine(plan.Scratch, $"berth-bench-{Environment.ProcessId}")).FullName;
        try
        {
            Console.WriteLine(Machine.Describe(scratch));
            await using var site = await ClusterSite.StartAsync(scratch, ClusterPlan.Members, stop);
            var seed = new PoolSeed(site);
            await seed.MakeAsync(PoolNames.Range(0, ClusterPlan.FewPools), stop);
            await WarmUpAsync(site, stop);
            await RatesAsync(site, seed, scratch, stop);
            await TakeoverAsync(site, seed, stop);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }

        return await _report.EndAsync(plan.Check, [.. _figures]);
    }

    /// <summary>The first seconds of a process are the compiler's: every member serves and forwards for a while.</summary>
    private async Task WarmUpAsync(ClusterSite site, CancellationToken stop)
    {
        foreach (var member in site.Members.Concat(site.Members).Where(_ => plan.Parts.Overlaps(_rates)))
        {
            await Claims.RunAsync(
                member.Server with { Pool = PoolNames.Prefix }, ClusterPlan.Connections, TimeSpan.Zero, plan.Duration, putsOnly: false, stop, pools: ClusterPlan.FewPools);
        }
    }

    private async Task RatesAsync(ClusterSite site, PoolSeed seed, string scratch, CancellationToken stop)
    {
        var pool = PoolNames.Of(0);
        if (plan.Parts.Contains("forwarded"))
        {
            using var calls = new ClaimCalls();
            var owner = await calls.HoldAsync(site.Members[0], pool, "who-owns-it", stop);
            var duel = await ForwardedPart.RunAsync(site, plan, pool, owner, stop);
            _report.Row("claims at the owner / forwarded", $"{Duel.Median(duel.OfSecond.Select(one => one.PerSecond)):N0}/s / {Duel.Median(duel.OfFirst.Select(one => one.PerSecond)):N0}/s");
            _figures.Add(new Figure("forwarded_ratio", duel.Ratio, AtLeast: ForwardedFloor));
        }

        if (!plan.Parts.Contains("total"))
        {
            return;
        }

        await using var bare = await BareProcess.StartAsync("claim", await AnswerAsync(site, pool, scratch, stop), null, stop);
        var total = new TotalPart(site, plan, bare);
        await TotalAsync(total, "few", ClusterPlan.FewPools, FewFloor, stop);
        await MakeAllAsync(seed, stop);
        await TotalAsync(total, "many", plan.Pools, ManyFloor, stop);
    }

    private async Task TotalAsync(TotalPart total, string name, int pools, double floor, CancellationToken stop)
    {
        var (ratio, perSecond, p99Ms) = await total.RunAsync(pools, stop);
        _report.Row($"claims of three members over {pools:N0} pools, p99", $"{perSecond:N0}/s, {p99Ms:N1} ms");
        _figures.Add(new Figure($"total_{name}_ratio", ratio, AtLeast: floor));
    }

    private async Task TakeoverAsync(ClusterSite site, PoolSeed seed, CancellationToken stop)
    {
        if (!plan.Parts.Contains("takeover"))
        {
            return;
        }

        await MakeAllAsync(seed, stop);
        var times = await new TakeoverPart(site, plan.Pools).RunAsync(stop);
        _report.Row($"kill of the owner of {times.Pools:N0} pools: all shards taken", times.ShardsMs);
        _report.Row("the slowest of the pools that are asked for", times.AskedMs);
        _report.Row("all of its pools are open", times.OpenMs);
        _report.Row("each of its pools has renewed a claim, asked one after the other", times.AllMs);
        _report.Row($"memory of a member among three with {plan.Pools:N0} pools", $"{times.MemberBytes / MiB,10:N0} MiB");
        _figures.Add(new Figure("takeover_shards_ms", times.ShardsMs, ShardsLimitMs));
        _figures.Add(new Figure("takeover_asked_ms", times.AskedMs, ShardsLimitMs));
        _figures.Add(new Figure("takeover_open_ms", times.OpenMs, AllLimitMs));
        _figures.Add(new Figure("takeover_renewed_ms", times.AllMs));
        _figures.Add(new Figure("member_mib", (double)times.MemberBytes / MiB));
    }

    private bool _made;

    private async Task MakeAllAsync(PoolSeed seed, CancellationToken stop)
    {
        if (!_made)
        {
            _made = true;
            var began = TimeProvider.System.GetTimestamp();
            await seed.MakeAsync(PoolNames.Range(ClusterPlan.FewPools, plan.Pools), stop);
            _report.Row($"making {plan.Pools:N0} pools with a license each", TimeProvider.System.GetElapsedTime(began).TotalMilliseconds);
        }
    }

    /// <summary>What a claim is answered with, for the bare endpoint to answer.</summary>
    private static async Task<string> AnswerAsync(ClusterSite site, string pool, string scratch, CancellationToken stop)
    {
        var claimed = await AnswerShape.ProbeAsync(site.Members[0].Server with { Pool = pool }, stop, HttpMethod.Put, HttpMethod.Delete);
        var path = Path.Combine(scratch, "answer.json");
        await File.WriteAllBytesAsync(path, claimed[0].Body, stop);
        return path;
    }
}
