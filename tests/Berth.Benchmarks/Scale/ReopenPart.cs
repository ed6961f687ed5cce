using System.Diagnostics;
using Berth.Pools;
using Berth.Runtime.Pools;

namespace Berth.Benchmarks.Scale;

/// <summary>One process of <c>reopen</c>: fills the store, opens it, or writes its snapshot; its last line holds the figures.</summary>
internal static class ReopenPart
{
    private static readonly PoolHostOptions NoSnapshot = new() { SnapshotEvery = int.MaxValue };
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);
    private const int PairsToWarmUp = 100;
    private static readonly TimeSpan BeatEvery = TimeSpan.FromMilliseconds(0.2);

    private static TimeProvider Time => TimeProvider.System;

    public static async Task<int> RunAsync(Options options)
    {
        var part = options.Text("part", "");
        var store = options.Text("store", "");
        var licenses = options.Number("licenses");
        options.RefuseUnknown();
        Console.WriteLine(string.Join(' ', part switch
        {
            "fill" => await FillAsync(store, licenses),
            "open" => await OpenAsync(store, licenses),
            "snapshot" => await SnapshotAsync(store, licenses),
            _ => throw new BenchException($"--part takes fill, open or snapshot, not '{part}'"),
        }));
        return 0;
    }

    private static async Task<Figure[]> FillAsync(string store, int licenses)
    {
        var start = Time.GetTimestamp();
        await using var host = await BenchHost.StartAsync(store, NoSnapshot, Time);
        await host.FillAsync(licenses, licenses * Crowd.SeatsEach, CancellationToken.None);
        return [new("fill_ms", Time.GetElapsedTime(start).TotalMilliseconds)];
    }

    private static async Task<Figure[]> OpenAsync(string store, int licenses)
    {
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var start = Time.GetTimestamp();
        await using var host = await BenchHost.StartAsync(store, NoSnapshot, Time);
        BenchHost.Expect<Renewed>(await host.ClaimAsync(licenses));
        var took = Time.GetElapsedTime(start);
        process.Refresh();
        cpu = process.TotalProcessorTime - cpu;
        var paused = GC.GetTotalPauseDuration();
        return
        [
            new("open_ms", took.TotalMilliseconds),
            new("cpu_ms", cpu.TotalMilliseconds),
            new("gc_ms", paused.TotalMilliseconds),
            new("heap_mb", MemoryBench.HeapBytes() / 1e6),
        ];
    }

    /// <summary>A node of the pool renews without a pause, first alone, then while others claim until a snapshot has been written.</summary>
    private static async Task<Figure[]> SnapshotAsync(string store, int licenses)
    {
        WatchedJournal? journal = null;
        var options = new PoolHostOptions { SnapshotEvery = (licenses * (Crowd.SeatsEach + 1)) + 1_000 };
        await using var host = await BenchHost.StartAsync(store, options, Time, inner => journal = new WatchedJournal(inner));
        BenchHost.Expect<Renewed>(await host.ClaimAsync(0));

        var beats = new Heartbeat(host);
        var beating = beats.RunAsync();
        await Task.Delay(Quiet, Time);

        // A beat also waits for the append of a turn that it meets, so the figure before holds those too. Each pair makes two
        // events, and the turn of the last one captures the state.
        var version = BenchHost.Expect<PoolSummary>(await host.SendAsync(new AskSummary())).Version;
        var pairs = (int)(options.SnapshotEvery - version + 1) / 2;
        await ClaimAgainAsync(host, 1, PairsToWarmUp);
        _ = beats.TakeLongest();
        await ClaimAgainAsync(host, PairsToWarmUp + 1, pairs - 1);
        var quiet = beats.TakeLongest();
        var start = Time.GetTimestamp();
        await ClaimAgainAsync(host, pairs, pairs);
        await journal!.SnapshotEnded;
        var took = Time.GetElapsedTime(start);
        var pause = beats.TakeLongest();
        await beats.StopAsync(beating);
        return
        [
            new("quiet_ms", quiet.TotalMilliseconds),
            new("pause_ms", pause.TotalMilliseconds),
            new("took_ms", took.TotalMilliseconds),
        ];
    }

    private static async Task ClaimAgainAsync(BenchHost host, int firstNode, int lastNode)
    {
        for (var node = firstNode; node <= lastNode; node++)
        {
            BenchHost.Expect<Released>(await host.ReleaseAsync(node));
            BenchHost.Expect<Granted>(await host.ClaimAsync(node));
        }
    }

    /// <summary>One node that renews on a thread of its own and notes the longest that it waited.</summary>
    private sealed class Heartbeat(BenchHost host)
    {
        private long _longest;
        private volatile bool _stopped;

        public Task RunAsync() => Task.Factory.StartNew(
            Beat, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        /// <summary>The longest wait since this was last asked.</summary>
        public TimeSpan TakeLongest() => Time.GetElapsedTime(0, Interlocked.Exchange(ref _longest, 0));

        public Task StopAsync(Task beating)
        {
            _stopped = true;
            return beating;
        }

        private void Beat()
        {
            while (!_stopped)
            {
                var start = Time.GetTimestamp();
                BenchHost.Expect<Renewed>(host.ClaimAsync(0).AsTask().GetAwaiter().GetResult());
                var waited = Time.GetTimestamp() - start;
                for (var longest = _longest; waited > longest;)
                {
                    var seen = Interlocked.CompareExchange(ref _longest, waited, longest);
                    longest = seen == longest ? long.MaxValue : seen;
                }

                // About 5,000 beats a second, without a sleep's own lateness in the figure.
                Thread.Yield();
                while (Time.GetElapsedTime(start) < BeatEvery)
                {
                    Thread.SpinWait(50);
                }
            }
        }
    }
}
