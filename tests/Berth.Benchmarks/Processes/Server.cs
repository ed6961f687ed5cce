using System.Net;
using System.Net.Sockets;

namespace Berth.Benchmarks.Processes;

/// <summary>A server under measurement: its process, its port on the loopback, and the pool that its requests name, if any.</summary>
internal sealed record Server(string Name, ChildProcess Process, int Port, string? Pool) : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>A port that nobody listens on now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Returns when GET of the path is answered with 2xx; a process that ends first, or takes longer, is a failure.</summary>
    public async Task WaitUntilReadyAsync(string path, TimeSpan limit, CancellationToken stop)
    {
        Exception? last = null;
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Port}"), Timeout = TimeSpan.FromSeconds(2) };
        var start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start) < limit)
        {
            if (Process.HasExited)
            {
                throw new BenchException($"{Name} ended before it was ready: {Process.Epitaph()}");
            }

            try
            {
                using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), stop);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception notYet)
                when (notYet is HttpRequestException || (notYet is TaskCanceledException && !stop.IsCancellationRequested))
            {
                last = notYet;
            }

            await Task.Delay(Poll, TimeProvider.System, stop);
        }

        throw new BenchException($"{Name} was not ready within {limit.TotalSeconds} s ({last?.Message ?? "no answer"}): {Process.Epitaph()}");
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
