using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Runtime.Pools;
using Berth.Testing;

namespace Berth.Runtime.Tests.Pools;

public sealed class ReleaseHoldTests
{
    private static readonly ReleaseSeat _release = new(new("node"), Who.Nobody);
    private static readonly PoolName _pool = new("p");
    private readonly FakeClock _time = new();
    private readonly HeldShard _shard;
    private readonly ReleaseHold _hold;

    public ReleaseHoldTests()
    {
        var shards = new HeldShards(_time);
        shards.Take([new OwnedShard(1, new Epoch(2), TimeSpan.FromSeconds(3))]);
        _shard = shards.At(1)!;
        _hold = new ReleaseHold(_time);
    }

    [Fact]
    public void What_frees_a_seat_is_kept_and_nothing_else()
    {
        PoolCommand[] frees =
        [
            _release, new TakeSeat(new("node"), "why", 0, Who.Nobody), new RemoveLicense(new("lic"), Who.Nobody),
            new ChangeLicense(new(new("lic"), 1, null), Who.Nobody),
        ];
        frees.ShouldAllBe(command => _hold.Keeps(_shard, command));
        PoolCommand[] others = [new ClaimSeat(new("node"), Who.Nobody), new AskSummary(), new AskClaim(new("node"))];
        others.ShouldAllBe(command => !_hold.Keeps(_shard, command));
    }

    [Fact]
    public async Task It_is_kept_until_the_former_lease_and_the_slack_are_over()
    {
        var waiting = WaitAsync().AsTask();
        _time.Advance(TimeSpan.FromSeconds(3) + HeldLease.Slack - TimeSpan.FromMilliseconds(1));
        waiting.IsCompleted.ShouldBeFalse();
        _hold.Keeps(_shard, _release).ShouldBeTrue();
        _time.Advance(TimeSpan.FromMilliseconds(3));
        (await waiting.WaitAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
        _hold.Keeps(_shard, _release).ShouldBeFalse();
    }

    [Fact]
    public void A_shard_that_nobody_held_before_keeps_nothing() =>
        _hold.Keeps(HeldShards.Everything(new Epoch(1), _time).At(0)!, _release).ShouldBeFalse();

    [Fact]
    public async Task No_more_than_so_many_wait()
    {
        var waiting = Enumerable.Range(0, ReleaseHold.MaxWaiting).Select(_ => WaitAsync().AsTask()).ToList();
        (await WaitAsync()).ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(4));
        (await Task.WhenAll(waiting).WaitAsync(TestContext.Current.CancellationToken)).ShouldAllBe(waited => waited);
        (await WaitAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task The_last_word_of_a_node_counts_while_its_release_waits()
    {
        var waiting = WaitAsync().AsTask();
        _hold.Claims(_pool, new("somebody else"));
        var other = WaitAsync("b").AsTask();
        _hold.Claims(_pool, new("b"));
        var again = WaitAsync("b").AsTask();
        _time.Advance(TimeSpan.FromMinutes(1));
        (await waiting.WaitAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
        (await other.WaitAsync(TestContext.Current.CancellationToken)).ShouldBeFalse("b has claimed since");
        (await again.WaitAsync(TestContext.Current.CancellationToken)).ShouldBeTrue("it came after the claim");
    }

    /// <summary>Whether it was sent in the end.</summary>
    private async ValueTask<bool> WaitAsync(string node = "a") =>
        await _hold.SendAsync(_shard, _pool, new ReleaseSeat(new(node), Who.Nobody), () => new(Released.Instance)) is Released;
}
