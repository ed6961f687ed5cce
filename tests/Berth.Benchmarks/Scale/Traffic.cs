using Berth.Benchmarks.Load;
using Berth.Pools;

namespace Berth.Benchmarks.Scale;

/// <summary>Nodes that renew the claim they hold and claim and release others, without a pause, while somebody watches how long they wait.</summary>
internal sealed class Traffic(BenchHost host, int firstNode, int tasks) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Guards the histogram and what goes into it.</summary>
    private readonly Lock _gate = new();
    private LatencyHistogram _waits = new();

    public Task RunAsync() => Task.WhenAll(Enumerable.Range(firstNode, tasks).Select(UseSeatsAsync));

    /// <summary>How long the requests waited that ended from now until <paramref name="end"/>, and those under way then.</summary>
    public async Task<LatencyHistogram> WatchAsync(Task end)
    {
        Exchange();
        await end;
        return Exchange();
    }

    public async Task StopAsync(Task running)
    {
        await _stop.CancelAsync();
        await running;
    }

    public void Dispose() => _stop.Dispose();

    private LatencyHistogram Exchange()
    {
        lock (_gate)
        {
            var seen = _waits;
            _waits = new LatencyHistogram();
            return seen;
        }
    }

    private async Task UseSeatsAsync(int node)
    {
        await Task.Yield();
        for (var round = 1; !_stop.IsCancellationRequested; round++)
        {
            var other = node + (round * tasks);
            BenchHost.Expect<PoolReply>(await TimedAsync(new ClaimSeat(Crowd.Node(node), Who.Nobody)));
            BenchHost.Expect<Granted>(await TimedAsync(new ClaimSeat(Crowd.Node(other), Who.Nobody)));
            BenchHost.Expect<Renewed>(await TimedAsync(new ClaimSeat(Crowd.Node(other), Who.Nobody)));
            BenchHost.Expect<Released>(await TimedAsync(new ReleaseSeat(Crowd.Node(other), Who.Nobody)));
        }
    }

    private async Task<PoolReply> TimedAsync(PoolCommand command)
    {
        var start = TimeProvider.System.GetTimestamp();
        var reply = await host.SendAsync(command);
        var micros = (long)TimeProvider.System.GetElapsedTime(start).TotalMicroseconds;
        lock (_gate)
        {
            _waits.Record(micros);
        }

        return reply;
    }
}
