using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;
using Berth.Runtime.Pools;
using Berth.Testing;

namespace Berth.Runtime.Tests.Pools;

/// <summary>Actors of one pool under one ownership after the other.</summary>
public sealed class PoolActorOwnershipTests : IAsyncLifetime
{
    private static readonly PoolName _pool = ActorRig.Pool;
    private readonly FakeClock _time = new();
    private readonly MemoryJournal _journal = new();
    private readonly FaultyJournal _faulty;
    private readonly PoolPlace _place = new(_pool, new FileMoments());
    private readonly RecordedLog _log = new();
    private readonly HeldLease _lease;
    private readonly HeldShards _shards;
    private readonly PoolEnvironment _shared;
    private PoolActor _actor = null!;
    private long _epoch;
    private int _appends;

    public PoolActorOwnershipTests()
    {
        _lease = new HeldLease(_time, TimeSpan.FromSeconds(3));
        _shards = new HeldShards(_time);
        _faulty = new FaultyJournal(_journal);
        _shared = new PoolEnvironment(_faulty, _lease, _time, new PoolHostOptions(), _log);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _journal.CreatePoolAsync(_pool);
        _lease.Renewed(_lease.Read());
        await OpenAsync();
        var add = new AddLicenses([new(new("lic"), 2, null)], Who.Nobody);
        (await _actor.SendAsync(add, new(0, default, [ActorRig.Row("lic", "lic")]))).ShouldBe(Changed.Instance);
        (await ClaimAsync("a")).ShouldBeOfType<Granted>();
        _appends = _faulty.Count(JournalCall.Append);
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    [Fact]
    public async Task A_pool_that_forgot_what_it_had_confirmed_gives_no_seats_whatever_is_written_later()
    {
        _place.Saw(_place.NewestVersion + 2);
        await OpenAsync();
        (await ClaimAsync("b")).ShouldBe(GrantsWithheld.Instance);
        (await ClaimAsync("a")).ShouldBeOfType<Renewed>();
        _log.Count("store.went-back").ShouldBe(1);
        _shared.Loss.IsSeen.ShouldBeTrue();
        for (var i = 0; i < 4; i++)
        {
            await _actor.SendAsync(new SetPolicyException(new(TimeSpan.FromSeconds(40 + i), null, null), Who.Nobody), default);
        }

        await OpenAsync();
        (await ClaimAsync("b")).ShouldBe(GrantsWithheld.Instance);
    }

    [Theory]
    [InlineData(0, 3_250)]
    [InlineData(1_000, 2_250)]
    [InlineData(10_000, 0)]
    public async Task What_is_left_of_the_former_lease_when_the_pool_opens_is_added(int passedMs, int leftMs)
    {
        await CloseAsync();
        _shards.Take([new OwnedShard(_place.Shard, new Epoch(++_epoch), TimeSpan.FromSeconds(3))]);
        _time.Advance(TimeSpan.FromMilliseconds(passedMs));
        _lease.Renewed(_lease.Read());
        await StartAsync();
        var next = (NextDeadline)await _actor.SendAsync(new AskNextDeadline(), default);
        next.InMs!.Value.ShouldBeInRange(62_000 + leftMs - 1, 62_000 + leftMs + 1);
    }

    [Fact]
    public async Task Under_an_ownership_that_has_ended_nothing_is_answered_and_nothing_written()
    {
        (await ClaimAsync("a")).ShouldBeOfType<Renewed>();
        _shards.GiveUp(_actor.Shard).ShouldBeTrue();
        (await ClaimAsync("a")).ShouldBe(NotOwner.Instance);
        (await ClaimAsync("b")).ShouldBe(NotOwner.Instance);
        (await _actor.SendAsync(new ReleaseSeat(new("a"), Who.Nobody), default)).ShouldBe(NotOwner.Instance);
        await OpenAsync();
        (await _actor.SendAsync(new AskSummary(), default)).ShouldBeOfType<PoolSummary>().Held.ShouldBe(1);
    }

    [Fact]
    public async Task What_waited_while_the_shard_was_handed_on_has_not_happened()
    {
        var hold = _faulty.Hold(JournalCall.Append);
        var written = ClaimAsync("b");
        await hold.Reached.WaitAsync(Cancel);
        var waiting = _actor.SendAsync(new ReleaseSeat(new("a"), Who.Nobody), default).AsTask();
        _shards.GiveUp(_actor.Shard).ShouldBeTrue();
        hold.Release();
        (await written).ShouldBe(Unknown.Instance, "it is durable, and another owner may have decided otherwise since");
        (await waiting.WaitAsync(Cancel)).ShouldBe(NotOwner.Instance);
        await _actor.Ended.WaitAsync(Cancel);
        _faulty.Count(JournalCall.Append).ShouldBe(_appends + 1);
    }

    [Fact]
    public async Task Without_a_lease_a_renewal_is_no_promise()
    {
        _time.Advance(TimeSpan.FromSeconds(3));
        (await ClaimAsync("a")).ShouldBe(NotOwner.Instance);
        _lease.Renewed(_lease.Read());
        (await ClaimAsync("a")).ShouldBeOfType<Renewed>();
    }

    [Fact]
    public async Task Seats_of_a_shard_are_withheld_without_opening_it_again()
    {
        _shared.Loss.Withhold(_place.Shard, "its epoch went back");
        (await ClaimAsync("b")).ShouldBe(GrantsWithheld.Instance);
        (await ClaimAsync("a")).ShouldBeOfType<Renewed>();
    }

    private Task<PoolReply> ClaimAsync(string node) => _actor.SendAsync(new ClaimSeat(new(node), Who.Nobody), default).AsTask().WaitAsync(Cancel);

    private async Task OpenAsync()
    {
        await CloseAsync();
        _shards.Take([new OwnedShard(_place.Shard, new Epoch(++_epoch), TimeSpan.Zero)]);
        await StartAsync();
    }

    private async Task StartAsync()
    {
        _actor = new PoolActor(_place, _shards.At(_place.Shard)!, _shared);
        _actor.Ended = _actor.RunAsync(CancellationToken.None);
        await _actor.Opened.WaitAsync(Cancel);
    }

    private async Task CloseAsync()
    {
        _actor?.Stop();
        await (_actor?.Ended ?? Task.CompletedTask).WaitAsync(Cancel);
    }
}
