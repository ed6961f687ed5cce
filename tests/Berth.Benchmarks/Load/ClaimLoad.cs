using System.Text.Json;

namespace Berth.Benchmarks.Load;

/// <summary>The verb <c>load</c>: claims and releases from raw sockets, and one line of JSON about it.</summary>
internal static class ClaimLoad
{
    private static readonly TimeSpan JoinLimit = TimeSpan.FromSeconds(30);

    public static int Run(LoadPlan plan)
    {
        var result = Measure(plan);
        Console.WriteLine(JsonSerializer.Serialize(result, ResultJson.Default.LoadResult));
        return 0;
    }

    private static LoadResult Measure(LoadPlan plan)
    {
        var clock = TimeProvider.System;
        var from = clock.GetTimestamp() + Ticks(plan.WarmUp);
        var window = new Window(from, from + Ticks(plan.Duration));
        var loops = new ClaimLoop[plan.Threads];
        var threads = new Thread[plan.Threads];
        var cpu = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < plan.Threads; i++)
        {
            var first = plan.Connections * i / plan.Threads;
            loops[i] = new ClaimLoop(plan, window, first, (plan.Connections * (i + 1) / plan.Threads) - first);
            threads[i] = new Thread(loops[i].Run) { IsBackground = true, Name = $"claims-{i}" };
            threads[i].Start();
        }

        foreach (var thread in threads)
        {
            if (!thread.Join(plan.WarmUp + plan.Duration + JoinLimit))
            {
                throw new BenchException("the generator did not come to its end");
            }
        }

        cpu = Environment.CpuUsage.TotalTime - cpu;
        return Combine(plan, loops, cpu);
    }

    private static LoadResult Combine(LoadPlan plan, ClaimLoop[] loops, TimeSpan cpu)
    {
        var puts = new LatencyHistogram();
        var statuses = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var loop in loops)
        {
            puts.Add(loop.Puts);
            for (var status = 0; status < loop.Statuses.Length; status++)
            {
                if (loop.Statuses[status] > 0)
                {
                    var name = status.ToString();
                    statuses[name] = statuses.GetValueOrDefault(name) + loop.Statuses[status];
                }
            }
        }

        var answers = loops.Sum(loop => loop.Answers);
        // Warm-up and drain burn cycles too, at about the same rate as the window.
        var share = plan.Duration / (plan.Duration + plan.WarmUp);
        return new LoadResult(
            Math.Round(answers / plan.Duration.TotalSeconds, 1),
            answers,
            puts.PercentileMs(0.5),
            puts.PercentileMs(0.99),
            puts.MaxMs,
            statuses,
            loops.Sum(loop => loop.Errors),
            loops.Select(loop => loop.FirstError).FirstOrDefault(error => error is not null),
            answers == 0 ? 0 : Math.Round(cpu.TotalMicroseconds * share / answers, 2));
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * TimeProvider.System.TimestampFrequency);
}
