using Berth.Benchmarks.Processes;

namespace Berth.Benchmarks.Edge;

/// <summary>
/// The verb <c>calibrate</c>: is the own generator the bottleneck? The same PUTs to the same bare endpoint in claim mode, by wrk and by
/// the generator with one and with two threads, in turn.
/// </summary>
internal static class Calibration
{
    public static async Task<int> RunAsync(Options options, CancellationToken stop)
    {
        var rounds = options.Number("rounds", 3);
        var duration = options.Seconds("seconds", 5);
        var connections = options.Number("connections", 64);
        options.RefuseUnknown();
        await using var bare = await BareProcess.StartAsync("claim", null, null, stop);
        var warmUp = TimeSpan.FromSeconds(1);
        await Claims.RunAsync(bare, connections, warmUp, TimeSpan.FromSeconds(3), putsOnly: true, stop);
        var rates = new Dictionary<string, List<double>>(StringComparer.Ordinal);
        for (var i = 0; i < rounds; i++)
        {
            Add("wrk, static request", (await Heartbeats.RunAsync(bare, connections, duration, cycle: false, stop)).PerSecond);
            Add("wrk, requests from Lua", (await Heartbeats.RunAsync(bare, connections, duration, cycle: true, stop)).PerSecond);
            foreach (var threads in (int[])[1, 2])
            {
                var puts = await Claims.RunAsync(bare, connections, warmUp, duration, putsOnly: true, stop, threads);
                Add($"generator, {threads} thread(s), PUT", puts.AnswersPerSecond);
                Add($"generator, {threads} thread(s), PUT: its µs an answer", puts.GeneratorCpuMicrosPerAnswer);
            }

            var both = await Claims.RunAsync(bare, connections, warmUp, duration, putsOnly: false, stop);
            Add("generator, 2 threads, PUT and DELETE", both.AnswersPerSecond);
        }

        foreach (var (name, values) in rates)
        {
            var each = string.Join("  ", values.Select(value => value.ToString("N1")));
            Console.WriteLine($"{name,-45} median {Duel.Median(values),12:N1}   {each}");
        }

        return 0;

        void Add(string name, double value)
        {
            if (!rates.TryGetValue(name, out var values))
            {
                rates.Add(name, values = []);
            }

            values.Add(value);
        }
    }
}
