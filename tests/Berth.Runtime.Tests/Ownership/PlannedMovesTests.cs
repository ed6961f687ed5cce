using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Testing.Cluster;

namespace Berth.Runtime.Tests.Ownership;

public sealed class PlannedMovesTests : IAsyncLifetime
{
    private TestCluster _cluster = null!;
    private string _pool = null!;
    private ClusterNode _second = null!;

    /// <summary>One member that has everything, and a pool that the next one should have.</summary>
    public async ValueTask InitializeAsync()
    {
        _cluster = await TestCluster.StartAsync(members: 1);
        _pool = Enumerable.Range(0, 1_000).Select(i => $"pool-{i}").First(name =>
            Assignment.WeightOf(Shards.Of(new(name)), "m1") > Assignment.WeightOf(Shards.Of(new(name)), "m0"));
        await _cluster.PoolAsync(_pool, seats: 2);
        await _cluster.ClaimAsync(_pool, "a");
        await _cluster.PassAsync(TimeSpan.FromSeconds(35));
        await _cluster.ClaimAsync(_pool, "a");
        _second = _cluster.Add();
        await _cluster.PassAsync(TimeSpan.FromSeconds(20));
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_newcomer_gets_its_share_after_the_delay()
    {
        _second.Member.Ownership.ShardsHeld.ShouldBe(0);
        await _cluster.UntilAsync(_cluster.IsBalanced);
        _second.Log.Count("shards.acquire").ShouldBe(0);
        _cluster.Read().Shards.ShouldAllBe(row => row.FormerLease == TimeSpan.Zero);
    }

    [Fact]
    public async Task A_shard_whose_seats_are_withheld_stays_where_that_is_known_until_the_member_leaves()
    {
        var shard = Shards.Of(new(_pool));
        _cluster.Do(() => _cluster[0].Member.Pools.Loss.Withhold(shard, "its store went back"));
        await _cluster.PassAsync(TimeSpan.FromSeconds(60));
        _second.Member.Ownership.ShardsHeld.ShouldBe(0, "nobody but the first member knows what the other shards had");
        (await _cluster.ClaimAsync(_pool, "b", at: 1)).ShouldBe(GrantsWithheld.Instance);
        await _cluster.LeaveAsync(0);
        (await _cluster.ClaimAsync(_pool, "b", at: 1)).ShouldBeOfType<Granted>("an operator has ended the member that knew");
    }

    [Fact]
    public async Task It_loses_no_claim_and_nobody_waits_for_a_second()
    {
        var longest = TimeSpan.Zero;
        while (!_cluster.IsBalanced())
        {
            var began = _cluster.Clock.GetTimestamp();
            (await _cluster.ClaimAsync(_pool, "a", at: 0)).ShouldBeOfType<Renewed>();
            (await _cluster.ClaimAsync(_pool, "a", at: 1)).ShouldBeOfType<Renewed>();
            var took = _cluster.Clock.GetElapsedTime(began);
            longest = took > longest ? took : longest;
            await _cluster.PassAsync(TimeSpan.FromMilliseconds(50));
        }

        _cluster.OwnerOf(_pool).ShouldBe(1);
        longest.ShouldBeLessThan(TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public async Task Where_it_is_settled_a_release_waits_for_nothing()
    {
        await _cluster.UntilAsync(_cluster.IsBalanced);
        var began = _cluster.Clock.GetTimestamp();
        (await _cluster.ReleaseAsync(_pool, "a", at: 1)).ShouldBe(Released.Instance);
        _cluster.Clock.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromMilliseconds(10));
    }

    [Fact]
    public async Task Nothing_is_answered_after_the_transfer_was_sent()
    {
        var sent = false;
        _cluster[0].Table.OnCall = call => sent |= call == TableCall.Transfer;
        await _cluster.UntilAsync(() => sent && _cluster.OwnerOf(_pool) == 1);
        _cluster[0].Member.Pools.OwnershipOf(new(_pool)).ShouldBeNull();
        _cluster[0].Wire.IsCut = true;
        var claim = await _cluster.ClaimAsync(_pool, "a", at: 0);
        claim.ShouldBeOneOf(NotOwner.Instance, Unknown.Instance);
    }

    [Fact]
    public async Task A_transfer_whose_outcome_is_not_known_is_sent_again()
    {
        for (var i = 0; i < 20; i++)
        {
            _cluster[0].Table.LoseAnswer(TableCall.Transfer);
        }

        await _cluster.UntilAsync(_cluster.IsBalanced);
        _cluster[0].Log.Count("shards.moving").ShouldBe(20);
        (await _cluster.ClaimAsync(_pool, "a", at: 0)).ShouldBeOfType<Renewed>();
    }

    [Fact]
    public async Task Where_the_successor_is_down_the_shard_comes_back_under_a_new_epoch()
    {
        var epochs = _cluster.Read().Shards.Sum(row => row.Epoch.Value);
        var second = _second.Self;
        _cluster[0].Table.OnCall = call =>
        {
            if (call == TableCall.Transfer && _second.IsRunning)
            {
                _cluster.Kill(1);
                _cluster.Table.DownAsync(second, CancellationToken.None).AsTask().Wait(TestContext.Current.CancellationToken);
            }
        };
        await _cluster.UntilAsync(() => !_second.IsRunning);
        await _cluster.UntilAsync(() => _cluster[0].Member.Ownership.ShardsHeld == Shards.Count);
        _cluster.Read().Shards.Sum(row => row.Epoch.Value).ShouldBe(epochs + 8, "those that were under way");
        _cluster.Read().Shards.ShouldAllBe(row => row.Owner == _cluster[0].Self);
        (await _cluster.ClaimAsync(_pool, "a", at: 0)).ShouldBeOfType<Renewed>();
    }

    [Fact]
    public async Task What_is_under_way_is_answered_before_the_shard_goes()
    {
        var hold = _cluster[0].Journal.Hold(Testing.JournalCall.Append);
        var claim = _cluster.Begin(0, _pool, new ClaimSeat(new("b"), Who.Nobody));
        await _cluster.UntilAsync(() => _cluster[0].Table.Count(TableCall.Transfer) > 0 && _cluster.OwnerOf(_pool) == 0 && IsDraining());
        _cluster.Do(() => hold.Release());
        (await _cluster.WaitAsync(claim)).ShouldBeOfType<Granted>();
        await _cluster.UntilAsync(() => _cluster.OwnerOf(_pool) == 1);
        (await _cluster.HoldsAsync(_pool, "b", at: 1)).ShouldBeTrue();
    }

    [Fact]
    public async Task What_takes_too_long_is_Unknown_and_the_shard_goes_without_it()
    {
        var hold = _cluster[0].Journal.Hold(Testing.JournalCall.Append);
        var claim = _cluster.Begin(0, _pool, new ClaimSeat(new("b"), Who.Nobody));
        await _cluster.UntilAsync(() => _cluster.OwnerOf(_pool) == 1);
        (await _cluster.ClaimAsync(_pool, "a", at: 1)).ShouldBeOfType<Renewed>();
        _cluster.Do(() => hold.Release());
        (await _cluster.WaitAsync(claim)).ShouldBe(NotOwner.Instance, "the store refused what was late, so nothing happened");
    }

    /// <summary>An actor that takes no more mail has no ownership to show, and the table still says that the shard is here.</summary>
    private bool IsDraining() => _cluster[0].Member.Pools.OwnershipOf(new(_pool)) is null;
}
