using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Berth.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Benchmarks.Scale;

/// <summary>A pool host over a SQLite file, as a member runs it, with its ticks.</summary>
internal sealed class BenchHost : IAsyncDisposable
{
    private const int ClaimsAtOnce = 2_000;

    private readonly Store _store;
    private readonly PoolHost _host;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private BenchHost(Store store, PoolHost host)
    {
        _store = store;
        _host = host;
        _running = host.RunAsync(_stop.Token);
    }

    public PoolHost Pools => _host;

    /// <summary>Opens the store and starts the host. A watch sees the journal and the events before anything is sent.</summary>
    public static async Task<BenchHost> StartAsync(
        string path, PoolHostOptions options, TimeProvider time, Func<IJournal, IJournal>? watch = null, Action<PoolName, PoolEvent>? onDurable = null)
    {
        var store = await Store.OpenAsync(StorageUri.OfFile(path), StoreUse.Serve, new StoreOptions());
        var host = new PoolHost(watch?.Invoke(store.Journal) ?? store.Journal, store.Epoch, time, options, NullLogger.Instance)
        {
            OnDurable = onDurable,
        };
        await host.StartAsync();
        return new BenchHost(store, host);
    }

    public ValueTask<PoolReply> ClaimAsync(int node) => SendAsync(new ClaimSeat(Crowd.Node(node), Who.Nobody));

    public ValueTask<PoolReply> ReleaseAsync(int node) => SendAsync(new ReleaseSeat(Crowd.Node(node), Who.Nobody));

    public ValueTask<PoolReply> SendAsync(PoolCommand command) => _host.SendAsync(Crowd.Pool, command, default);

    /// <summary>Makes the pool, its licenses, and claims of the nodes from 0 on, many at once so that they share their commits.</summary>
    public async Task FillAsync(int licenses, int claims, CancellationToken stop)
    {
        await _host.CreatePoolAsync(Crowd.Pool);
        foreach (var (command, rows) in Crowd.Licenses(licenses))
        {
            Expect<Changed>(await _host.SendAsync(Crowd.Pool, command, new Delivery(0, CancellationToken.None, rows)));
        }

        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, ClaimsAtOnce).Select(async _ =>
        {
            await Task.Yield();
            while (Interlocked.Increment(ref next) is var node && node <= claims && !stop.IsCancellationRequested)
            {
                Expect<Granted>(await ClaimAsync(node - 1));
            }
        }));
        stop.ThrowIfCancellationRequested();
    }

    public static T Expect<T>(PoolReply reply)
        where T : PoolReply =>
        reply as T ?? throw new BenchException($"the answer is {reply}, not {typeof(T).Name}");

    /// <summary>Ends the host, a snapshot that is under way included, and closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _host.Dispose();
        await _store.DisposeAsync();
        _stop.Dispose();
    }
}
