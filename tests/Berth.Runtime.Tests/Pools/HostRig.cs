using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Berth.Testing;

namespace Berth.Runtime.Tests.Pools;

/// <summary>A member's pools over a journal in memory that fails on demand, on a clock that moves only when told.</summary>
internal sealed class HostRig : IAsyncDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(60));
    private readonly CancellationTokenSource _stop = new();
    private readonly long _epoch;
    private Task _running = Task.CompletedTask;

    public HostRig(PoolHostOptions? options = null, MemoryJournal? store = null, FakeClock? clock = null, long epoch = 1)
    {
        _epoch = epoch;
        Clock = clock ?? new FakeClock();
        Store = store ?? new MemoryJournal();
        Journal = new FaultyJournal(Store);
        Options = options ?? new PoolHostOptions();
        Host = new PoolHost(Journal, new Epoch(epoch), Clock, Options, Log);
    }

    public FakeClock Clock { get; }

    public MemoryJournal Store { get; }

    public FaultyJournal Journal { get; }

    public PoolHostOptions Options { get; }

    public RecordedLog Log { get; } = new();

    public PoolHost Host { get; }

    public CancellationToken Deadline => _deadline.Token;

    public static async Task<HostRig> StartAsync(PoolHostOptions? options = null)
    {
        var rig = new HostRig(options);
        await rig.StartAsync();
        return rig;
    }

    public async Task StartAsync()
    {
        await Host.StartAsync().WaitAsync(Deadline);
        _running = Host.RunAsync(_stop.Token);
    }

    /// <summary>Another process over the same store.</summary>
    public async Task<HostRig> RestartAsync(PoolHostOptions? options = null)
    {
        await DisposeAsync();
        var next = new HostRig(options ?? Options, Store, Clock, _epoch + 1);
        await next.StartAsync();
        return next;
    }

    public async Task PoolAsync(string name, int seats)
    {
        await Host.CreatePoolAsync(new(name));
        var id = $"lic-{name}-{seats}";
        var row = ActorRig.Row(id, id) with { Pool = new(name) };
        (await SendAsync(name, new AddLicenses([new(new(id), seats, null)], Who.Nobody), new(0, default, [row]))).ShouldBe(Changed.Instance);
    }

    public Task<PoolReply> SendAsync(string pool, PoolCommand command, Delivery delivery = default) =>
        Host.SendAsync(new(pool), command, delivery).AsTask().WaitAsync(Deadline);

    public Task<PoolReply> ClaimAsync(string pool, string node, Delivery delivery = default) =>
        SendAsync(pool, new ClaimSeat(new(node), Who.Nobody), delivery);

    public Task<PoolReply> ReleaseAsync(string pool, string node) => SendAsync(pool, new ReleaseSeat(new(node), Who.Nobody));

    public async Task<PoolSummary> SummaryAsync(string pool) => (PoolSummary)await SendAsync(pool, new AskSummary());

    public async Task<bool> HoldsAsync(string pool, string node) => await SendAsync(pool, new AskClaim(new(node))) is AlreadyHeld;

    /// <summary>Time passes as in a process that runs: somebody looks at the clock at each step.</summary>
    public async Task AgeAsync(TimeSpan by)
    {
        for (var passed = TimeSpan.Zero; passed < by; passed += ServiceClock.TickEvery)
        {
            Clock.Advance(ServiceClock.TickEvery);
            await SummaryAsync("-");
        }
    }

    /// <summary>Asks again until it is so. What makes it so is under way already; the deadline is for bugs.</summary>
    public async Task UntilAsync(Func<Task<bool>> isSo)
    {
        while (!await isSo())
        {
            Deadline.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Journal.ReleaseAll();
        await _stop.CancelAsync();
        await _running.WaitAsync(Deadline);
        Host.Dispose();
    }
}
