using System.Text.Json;
using Berth.Benchmarks.Load;
using Berth.Benchmarks.Processes;

namespace Berth.Benchmarks.Edge;

/// <summary>Runs the generator's verbs in a process of their own, as the servers are, and reads their line of JSON.</summary>
internal static class Claims
{
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(45);

    public static async Task<LoadResult> RunAsync(
        Server server, int connections, TimeSpan warmUp, TimeSpan duration, bool putsOnly, CancellationToken stop, int threads = 2, int pools = 1, string prefix = "claims")
    {
        List<string> arguments =
        [
            ChildProcess.OwnAssembly, "load", "--port", $"{server.Port}", "--connections", $"{connections}", "--threads", $"{threads}",
            "--seconds", Invariant(duration), "--warmup", Invariant(warmUp), "--pools", $"{pools}", "--prefix", prefix, .. Pool(server),
        ];
        if (putsOnly)
        {
            arguments.Add("--puts-only");
        }

        var output = await ChildProcess.RunAsync(ChildProcess.DotnetHost, arguments, warmUp + duration + Slack, stop);
        return JsonSerializer.Deserialize(output, ResultJson.Default.LoadResult) ?? throw new BenchException("the generator printed null");
    }

    public static async Task<StormResult> StormAsync(Server server, int claims, CancellationToken stop)
    {
        var output = await ChildProcess.RunAsync(
            ChildProcess.DotnetHost,
            [ChildProcess.OwnAssembly, "storm", "--port", $"{server.Port}", "--claims", $"{claims}", .. Pool(server)],
            Slack, stop);
        return JsonSerializer.Deserialize(output, ResultJson.Default.StormResult) ?? throw new BenchException("the storm printed null");
    }

    private static string[] Pool(Server server) => server.Pool is null ? [] : ["--pool", server.Pool];

    private static string Invariant(TimeSpan time) => time.TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
