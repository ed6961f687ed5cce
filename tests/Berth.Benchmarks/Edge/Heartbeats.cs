using System.Globalization;
using Berth.Benchmarks.Load;
using Berth.Benchmarks.Processes;

namespace Berth.Benchmarks.Edge;

/// <summary>What wrk reported: requests a second, and answers that were errors.</summary>
internal sealed record WrkResult(double PerSecond, double P50Ms, double P99Ms, double MaxMs, long Broken, long Refused);

/// <summary>Heartbeats by wrk, of nodes whose seats were claimed before.</summary>
internal static class Heartbeats
{
    private const int Threads = 2;
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(20);

    /// <summary>Claims, or renews, the seats of as many nodes as there will be connections.</summary>
    public static async Task HoldSeatsAsync(Server server, int nodes, CancellationToken stop) =>
        await SendAsync(server, HttpMethod.Put, nodes, stop);

    public static async Task ReleaseSeatsAsync(Server server, int nodes, CancellationToken stop) =>
        await SendAsync(server, HttpMethod.Delete, nodes, stop);

    public static async Task<WrkResult> RunAsync(Server server, int connections, TimeSpan duration, bool cycle, CancellationToken stop)
    {
        var seconds = Math.Max(1, (int)Math.Round(duration.TotalSeconds));
        var script = Path.Combine(AppContext.BaseDirectory, "Load", "heartbeats.lua");
        var output = await ChildProcess.RunAsync(
            "wrk",
            [$"-t{Threads}", $"-c{connections}", $"-d{seconds}s", "-s", script, $"http://127.0.0.1:{server.Port}",
            "--", Prefix(server), $"{connections / Threads}", server.Pool ?? "-", cycle ? "cycle" : "static"],
            TimeSpan.FromSeconds(seconds) + Slack, stop);
        return Parse(output);
    }

    private static async Task SendAsync(Server server, HttpMethod method, int nodes, CancellationToken stop)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}"), Timeout = TimeSpan.FromSeconds(10) };
        for (var i = 0; i < nodes; i++)
        {
            var path = new Uri($"/v1/nodes/{Requests.Fingerprint(Prefix(server), i)}", UriKind.Relative);
            using var request = new HttpRequestMessage(method, path);
            if (server.Pool is not null)
            {
                request.Headers.Add("Relay-Pool", server.Pool);
            }

            using var answer = await client.SendAsync(request, stop);
            if (!answer.IsSuccessStatusCode)
            {
                throw new BenchException($"{server.Name} answered {(int)answer.StatusCode} to {method} of node {i}");
            }
        }
    }

    private static string Prefix(Server server) => $"beat{server.Port}";

    private static WrkResult Parse(string output)
    {
        var line = output.Split('\n').FirstOrDefault(text => text.StartsWith("bench ", StringComparison.Ordinal))
            ?? throw new BenchException($"wrk printed no result:\n{output}");
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(field => field.Split('='))
            .ToDictionary(pair => pair[0], pair => long.Parse(pair[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);
        return new WrkResult(
            fields["requests"] * 1_000_000.0 / fields["micros"],
            fields["p50"] / 1000.0,
            fields["p99"] / 1000.0,
            fields["max"] / 1000.0,
            fields["broken"],
            fields["status"]);
    }
}
