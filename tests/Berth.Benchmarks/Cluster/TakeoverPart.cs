using System.Collections.Concurrent;

namespace Berth.Benchmarks.Cluster;

/// <summary>
/// A member that owns a third of many pools, each with a claim, is killed. From the kill on: until nobody owns nothing, until a few pools
/// that are asked for all the time answer, until the survivors say that all are open, and until each of its pools has renewed its claim.
/// </summary>
internal sealed class TakeoverPart(ClusterSite site, int pools)
{
    private const string Opened = "pools.opened: ";
    private const int Asked = 8;
    private const int AtOnce = 64;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public async Task<TakeoverTimes> RunAsync(CancellationToken stop)
    {
        using var calls = new ClaimCalls();
        var victim = site.Members[^1];
        var owned = await HoldAllAsync(calls, victim, stop);
        var survivors = site.Members.Where(member => member != victim).ToList();
        var memory = survivors[0].Server.Process.ResidentBytes;
        var opened = new TaskCompletionSource<double>(TaskCreationOptions.RunContinuationsAsynchronously);
        var killedAt = TimeProvider.System.GetTimestamp();
        Count(survivors, owned.Count, SinceMs, opened);
        victim.Server.Process.Kill();
        double SinceMs() => TimeProvider.System.GetElapsedTime(killedAt).TotalMilliseconds;
        var shards = ShardsAsync(survivors[0], victim.Name, SinceMs, stop);
        var asked = Task.WhenAll(owned.Take(Asked).Select((pool, i) => RenewedAsync(calls, survivors[i % survivors.Count], pool, SinceMs, stop)));
        var all = AllAsync(calls, survivors, owned, SinceMs, stop);
        var times = new TakeoverTimes(owned.Count, await shards, (await asked).Max(), 0, await all, memory);
        return times with { OpenMs = await opened.Task.WaitAsync(Limit, TimeProvider.System, stop) };
    }

    /// <summary>Completes when the survivors have said that they opened as many pools.</summary>
    private static void Count(List<ClusterServer> survivors, int pools, Func<double> sinceMs, TaskCompletionSource<double> opened)
    {
        var left = pools;
        foreach (var survivor in survivors)
        {
            survivor.Server.Process.OnLine = line =>
            {
                if (OpenedBy(line) is > 0 and var more && Interlocked.Add(ref left, -more) <= 0)
                {
                    opened.TrySetResult(sinceMs());
                }
            };
        }
    }

    /// <summary>A claim in every pool, so that every one must be opened. Returns those of the victim.</summary>
    private async Task<List<string>> HoldAllAsync(ClaimCalls calls, ClusterServer victim, CancellationToken stop)
    {
        var owned = new ConcurrentBag<string>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop };
        await Parallel.ForEachAsync(PoolNames.Range(0, pools), options, async (pool, cancel) =>
        {
            if (await calls.HoldAsync(victim, pool, Node(pool), cancel) == victim.Name)
            {
                owned.Add(pool);
            }
        });
        return [.. owned];
    }

    private static async Task<double> ShardsAsync(ClusterServer at, string victim, Func<double> sinceMs, CancellationToken stop)
    {
        while ((await at.ShowAsync(stop)).Members.Where(member => member.Name == victim).Sum(member => member.Shards) > 0)
        {
            Check(sinceMs, $"{victim} owns shards");
            await Task.Delay(Pause, TimeProvider.System, stop);
        }

        return sinceMs();
    }

    private static async Task<double> RenewedAsync(ClaimCalls calls, ClusterServer at, string pool, Func<double> sinceMs, CancellationToken stop)
    {
        while (await calls.ClaimAsync(at, pool, Node(pool), stop) is null)
        {
            Check(sinceMs, $"{pool} does not answer");
            await Task.Delay(Pause, TimeProvider.System, stop);
        }

        return sinceMs();
    }

    private static async Task<double> AllAsync(
        ClaimCalls calls, List<ClusterServer> survivors, List<string> owned, Func<double> sinceMs, CancellationToken stop)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop };
        await Parallel.ForEachAsync(owned.Select((pool, i) => (pool, i)), options, async (one, cancel) =>
            await RenewedAsync(calls, survivors[one.i % survivors.Count], one.pool, sinceMs, cancel));
        return sinceMs();
    }

    /// <summary>How many pools a line of the log says were opened.</summary>
    private static int OpenedBy(string line) =>
        line.IndexOf(Opened, StringComparison.Ordinal) is >= 0 and var at ? int.Parse(line[(at + Opened.Length)..].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture) : 0;

    private static string Node(string pool) => "held-" + pool;

    private static void Check(Func<double> sinceMs, string what)
    {
        if (sinceMs() > Limit.TotalMilliseconds)
        {
            throw new BenchException($"{Limit.TotalSeconds} s after the kill {what}");
        }
    }
}

/// <summary>Milliseconds from the kill on, and what a member with all the pools' claims had in memory before.</summary>
internal sealed record TakeoverTimes(int Pools, double ShardsMs, double AskedMs, double OpenMs, double AllMs, long MemberBytes);
