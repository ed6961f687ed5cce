using Berth.Protocol;
using Berth.Runtime.Ownership;

namespace Berth.Cli.Drill;

/// <summary>Asks pools again and again while their shards move, through the member that was named: what a node would wait for.</summary>
internal sealed class DrillProbe(IAdministration administration, TimeProvider time)
{
    /// <summary>Pools that are asked: each by a loop of its own.</summary>
    private const int MaxPools = 8;

    private static readonly TimeSpan _every = TimeSpan.FromMilliseconds(20);

    /// <summary>Guards the numbers.</summary>
    private readonly Lock _gate = new();
    private int _pools;
    private long _answers;
    private long _refused;
    private long _late;
    private double _longestMs;

    /// <summary>What was answered so far.</summary>
    public DrillProbeResult Result
    {
        get
        {
            lock (_gate)
            {
                return new DrillProbeResult(_pools, _answers, _refused, _late, Math.Round(_longestMs, 1));
            }
        }
    }

    /// <summary>Asks one pool of each of some shards until <paramref name="stop"/>.</summary>
    public async Task RunAsync(IReadOnlyCollection<int> shards, CancellationToken stop)
    {
        var pools = await PoolsAsync(shards, stop);
        _pools = pools.Count;
        await Task.WhenAll(pools.Select(pool => AskAsync(pool, stop)));
    }

    /// <summary>None where the member does not list them: then nothing is asked.</summary>
    private async Task<IReadOnlyList<string>> PoolsAsync(IReadOnlyCollection<int> shards, CancellationToken stop)
    {
        try
        {
            var page = await administration.ListPoolsAsync(null, ManagementRoutes.MaxPage, stop);
            return page.IsGood
                ? [.. page.Value.Pools.GroupBy(pool => Shards.Of(new(pool.Name))).Where(group => shards.Contains(group.Key)).Select(group => group.First().Name).Take(MaxPools)]
                : [];
        }
        catch (Exception failure) when (failure is ManagementUnreachableException or OperationCanceledException)
        {
            return [];
        }
    }

    private async Task AskAsync(string pool, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(_every, time);
        try
        {
            do
            {
                var began = time.GetTimestamp();
                var good = await IsAnsweredAsync(pool, stop);
                Count(good, time.GetElapsedTime(began).TotalMilliseconds);
            }
            while (await timer.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The drill is over; a question that was under way counts as none.
            return;
        }
    }

    private async Task<bool> IsAnsweredAsync(string pool, CancellationToken stop)
    {
        try
        {
            return (await administration.FindPoolAsync(pool, stop)).IsGood;
        }
        catch (ManagementUnreachableException)
        {
            return false;
        }
    }

    private void Count(bool good, double ms)
    {
        lock (_gate)
        {
            _answers += good ? 1 : 0;
            _refused += good ? 0 : 1;
            _late += ms > DrillProbeResult.LateMs ? 1 : 0;
            _longestMs = Math.Max(_longestMs, ms);
        }
    }
}
