using System.Globalization;
using Berth.Benchmarks.Edge;
using Berth.Benchmarks.Processes;

namespace Berth.Benchmarks.Scale;

/// <summary>
/// The verb <c>reopen</c>: how long a pool with many held claims is away when a member starts, from its events and from its
/// snapshot. Each opening is a process of its own; the file is still in the page cache.
/// </summary>
internal static class ReopenBench
{
    private const double MostMs = 5_000;
    private static readonly TimeSpan PartLimit = TimeSpan.FromMinutes(20);

    public static async Task<int> RunAsync(Options options, CancellationToken stop)
    {
        var licenses = options.Number("licenses", 100_000);
        var rounds = options.Number("rounds", 3);
        var root = options.TextOrNull("scratch");
        var check = options.Has("check");
        options.RefuseUnknown();
        var scratch = root is null
            ? Directory.CreateTempSubdirectory("berth-bench-").FullName
            : Directory.CreateDirectory(Path.Combine(root, $"berth-bench-{Environment.ProcessId}")).FullName;
        try
        {
            Console.WriteLine(Machine.Describe(scratch));
            return await RunAsync(Path.Combine(scratch, "bench.sqlite"), licenses, rounds, check, stop);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static async Task<int> RunAsync(string store, int licenses, int rounds, bool check, CancellationToken stop)
    {
        var report = new ScaleReport();
        var claims = licenses * Crowd.SeatsEach;
        var filled = await PartAsync("fill", store, licenses, stop);
        report.Row($"{claims:N0} claims over {licenses:N0} licenses filled in", filled["fill_ms"]);

        var fromEvents = await OpenAsync("from events", store, licenses, rounds, report, stop);
        var snapshot = await PartAsync("snapshot", store, licenses, stop);
        report.Row("a snapshot written, with heartbeats meanwhile", snapshot["took_ms"]);
        report.Row("longest wait of a heartbeat beside claims, before it", snapshot["quiet_ms"]);
        report.Row("longest wait of a heartbeat from its last claim to its last part", snapshot["pause_ms"]);
        var fromSnapshot = await OpenAsync("from a snapshot", store, licenses, rounds, report, stop);

        return await report.EndAsync(
            check,
            new Figure("reopen_events_ms", fromEvents, MostMs),
            new Figure("reopen_snapshot_ms", fromSnapshot, MostMs),
            new Figure("snapshot_pause_ms", snapshot["pause_ms"]));
    }

    /// <summary>The median of some cold starts.</summary>
    private static async Task<double> OpenAsync(
        string what, string store, int licenses, int rounds, ScaleReport report, CancellationToken stop)
    {
        var times = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var figures = await PartAsync("open", store, licenses, stop);
            times.Add(figures["open_ms"]);
            report.Row(
                $"start to first answer, {what}",
                $"{figures["open_ms"],10:N1} ms, {figures["cpu_ms"]:N0} ms of processor, collector paused {figures["gc_ms"]:N0} ms, heap {figures["heap_mb"]:N0} MB");
        }

        return times.Order().ElementAt(times.Count / 2);
    }

    private static async Task<Dictionary<string, double>> PartAsync(string part, string store, int licenses, CancellationToken stop)
    {
        var output = await ChildProcess.RunAsync(
            ChildProcess.DotnetHost,
            [ChildProcess.OwnAssembly, "reopen-part", "--part", part, "--store", store, "--licenses", $"{licenses}"],
            PartLimit,
            stop);
        return output.Trim().Split('\n')[^1].Split(' ').Select(pair => pair.Split('='))
            .ToDictionary(pair => pair[0], pair => double.Parse(pair[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);
    }
}
