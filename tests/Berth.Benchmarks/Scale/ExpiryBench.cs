using Berth.Benchmarks.Edge;
using Berth.Benchmarks.Load;
using Berth.Pools;
using Berth.Runtime.Pools;

namespace Berth.Benchmarks.Scale;

/// <summary>
/// The verb <c>expiry</c>: many claims of one pool pass their deadline at the same instant, and the sweep expires them while
/// other nodes of the pool go on renewing, claiming and releasing.
/// </summary>
internal static class ExpiryBench
{
    private const double LongestWaitMs = 100;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(900);
    private static readonly TimeSpan Lifetime = Policy.Default.Ttl + TimeSpan.FromMilliseconds(Pool.GraceMs);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SweepLimit = TimeSpan.FromMinutes(5);

    public static async Task<int> RunAsync(Options options, CancellationToken stop)
    {
        var claims = options.Number("claims", 100_000);
        var tasks = options.Number("tasks", 16);
        var root = options.TextOrNull("scratch");
        var check = options.Has("check");
        options.RefuseUnknown();
        var scratch = root is null
            ? Directory.CreateTempSubdirectory("berth-bench-").FullName
            : Directory.CreateDirectory(Path.Combine(root, $"berth-bench-{Environment.ProcessId}")).FullName;
        try
        {
            Console.WriteLine(Machine.Describe(scratch));
            return await RunAsync(Path.Combine(scratch, "bench.sqlite"), claims, tasks, check, stop);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static async Task<int> RunAsync(string store, int claims, int tasks, bool check, CancellationToken stop)
    {
        var report = new ScaleReport();
        var time = new ShiftedTime();
        var expired = 0;
        var allExpired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await BenchHost.StartAsync(
            store,
            new PoolHostOptions { CullInterval = TimeSpan.FromDays(1) },
            time,
            onDurable: (_, happened) =>
            {
                if (happened is ClaimExpired && Interlocked.Increment(ref expired) == claims)
                {
                    allExpired.SetResult();
                }
            });

        // Time stands still meanwhile, so all of them have the same deadline. A tenth of the seats stays free for the others.
        await host.FillAsync((claims / Crowd.SeatsEach) + (claims / Crowd.SeatsEach / 10) + tasks, claims, stop);
        time.Thaw();
        using var traffic = new Traffic(host, claims, tasks);
        var running = traffic.RunAsync();
        await LeapAsync(host, time, Lifetime - TimeSpan.FromSeconds(20), claims);
        var before = await traffic.WatchAsync(Task.Delay(Quiet, TimeProvider.System, stop));
        if (expired != 0)
        {
            throw new BenchException($"{expired} claims expired before their time");
        }

        await LeapAsync(host, time, TimeSpan.FromSeconds(21), claims);
        var start = TimeProvider.System.GetTimestamp();
        host.Pools.Sweep();
        var during = await traffic.WatchAsync(allExpired.Task.WaitAsync(SweepLimit, TimeProvider.System, stop));
        var sweepMs = TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
        await traffic.StopAsync(running);

        report.Row($"{claims:N0} claims expired together, from the sweep to the last", sweepMs);
        report.Row($"before it, {tasks} tasks: 99 % / longest wait", Waits(before));
        report.Row("while it ran: half / 99 % / longest wait", $"{during.PercentileMs(0.5),10:N1} ms / {Waits(during).Trim()}");
        return await report.EndAsync(
            check, new Figure("expiry_max_wait_ms", during.MaxMs, LongestWaitMs), new Figure("expiry_sweep_ms", sweepMs));
    }

    private static string Waits(LatencyHistogram waits) => $"{waits.PercentileMs(0.99),10:N1} ms / {waits.MaxMs:N1} ms";

    /// <summary>Moves time ahead in steps that the service clock takes for time that passed, each looked at by a request.</summary>
    private static async Task LeapAsync(BenchHost host, ShiftedTime time, TimeSpan by, int keeper)
    {
        for (var left = by; left > TimeSpan.Zero; left -= Step)
        {
            time.Leap(left < Step ? left : Step);
            _ = await host.ClaimAsync(keeper);
        }
    }
}
