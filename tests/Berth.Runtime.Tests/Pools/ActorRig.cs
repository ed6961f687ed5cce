using System.Text;
using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;
using Berth.Runtime.Pools;
using Berth.Testing;

namespace Berth.Runtime.Tests.Pools;

/// <summary>One actor over a journal in memory that fails on demand, on a clock that stands still.</summary>
internal sealed class ActorRig : IAsyncDisposable
{
    public static readonly PoolName Pool = new("p");

    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(60));
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public ActorRig(PoolHostOptions? options = null, MemoryJournal? store = null, FakeClock? clock = null, long epoch = 1)
    {
        Clock = clock ?? new FakeClock();
        Store = store ?? new MemoryJournal();
        Journal = new FaultyJournal(Store);
        Shared = new PoolEnvironment(Journal, HeldLease.Endless(Clock), Clock, options ?? new PoolHostOptions(), Log);
        Actor = new PoolActor(new PoolPlace(Pool, new FileMoments()), HeldShards.Everything(new Epoch(epoch), Clock).At(0)!, Shared);
    }

    public FakeClock Clock { get; }

    public MemoryJournal Store { get; }

    public FaultyJournal Journal { get; }

    public RecordedLog Log { get; } = new();

    public PoolEnvironment Shared { get; }

    public PoolActor Actor { get; }

    public CancellationToken Deadline => _deadline.Token;

    /// <summary>A pool with one license, open and answering.</summary>
    public static async Task<ActorRig> WithSeatsAsync(int seats, PoolHostOptions? options = null)
    {
        var rig = new ActorRig(options);
        await rig.Store.CreatePoolAsync(Pool);
        rig.Run();
        (await rig.AddAsync("lic", seats)).ShouldBe(Changed.Instance);
        return rig;
    }

    public void Run() => _running = Actor.RunAsync(_stop.Token);

    /// <summary>Another life of the same pool: a new process over the same store, its service clock at zero.</summary>
    public async Task<ActorRig> RestartAsync(PoolHostOptions? options = null)
    {
        await DisposeAsync();
        var next = new ActorRig(options ?? Shared.Options, Store, Clock, epoch: 2);
        next.Run();
        await next.Within(next.Actor.Opened);
        return next;
    }

    public Task<PoolReply> SendAsync(PoolCommand command, Delivery delivery = default) =>
        Actor.SendAsync(command, delivery).AsTask().WaitAsync(Deadline);

    public Task<PoolReply> ClaimAsync(string node, Delivery delivery = default) =>
        SendAsync(new ClaimSeat(new(node), Who.Nobody), delivery);

    public Task<PoolReply> ReleaseAsync(string node, Delivery delivery = default) =>
        SendAsync(new ReleaseSeat(new(node), Who.Nobody), delivery);

    public Task<PoolReply> AddAsync(string id, int seats, string? key = null) =>
        SendAsync(new AddLicenses([new(new(id), seats, null)], Who.Nobody), new(0, default, [Row(id, key ?? id)]));

    public async Task<bool> HoldsAsync(string node) => await SendAsync(new AskClaim(new(node))) is AlreadyHeld;

    public async Task<PoolSummary> SummaryAsync() => (PoolSummary)await SendAsync(new AskSummary());

    /// <summary>Runs a turn whose append waits, so that what is sent meanwhile is decided together in the next.</summary>
    public async Task<JournalHold> BlockAsync(string node = "blocker")
    {
        var hold = Journal.Hold(JournalCall.Append);
        _ = ClaimAsync(node);
        await Within(hold.Reached);
        return hold;
    }

    /// <summary>Time passes as in a process that runs.</summary>
    public void Age(TimeSpan by)
    {
        for (var end = Clock.GetUtcNow() + by; Clock.GetUtcNow() < end;)
        {
            var rest = end - Clock.GetUtcNow();
            Clock.Advance(rest < ServiceClock.TickEvery ? rest : ServiceClock.TickEvery);
            Shared.Clock.Tick();
        }
    }

    /// <summary>A sweep as the member's timer asks for it. Returns how many pools were due.</summary>
    public int Sweep()
    {
        var due = Shared.Sweeps.TakeDue(Shared.Clock.NowMs);
        due.ForEach(_ => Actor.Sweep());
        return due.Count;
    }

    /// <summary>What the stored journal comes to, and whether its chain holds.</summary>
    public async Task<PoolState> StoredAsync() => await Replayed.FromAsync(Store, Pool);

    public Task Within(Task task) => task.WaitAsync(Deadline);

    public async ValueTask DisposeAsync()
    {
        Journal.ReleaseAll();
        await _stop.CancelAsync();
        Actor.Stop();
        await _running.WaitAsync(Deadline);
    }

    public static LicenseRow Row(string id, string key) => new(new(id), Pool, Encoding.UTF8.GetBytes("file of " + id), key);
}
