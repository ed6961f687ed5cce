using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Testing.Cluster;

namespace Berth.Runtime.Tests.Ownership;

public sealed class TakeoverTests : IAsyncLifetime
{
    private TestCluster _cluster = null!;
    private string _pool = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await TestCluster.StartAsync(members: 2);
        _pool = _cluster.NameOwnedBy(1);
        await _cluster.PoolAsync(_pool, seats: 2);
        await _cluster.ClaimAsync(_pool, "a", at: 1);
        await _cluster.PassAsync(TimeSpan.FromSeconds(1));
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_silent_member_is_taken_over_after_its_lease()
    {
        var epoch = _cluster.ShardOf(_pool).Epoch.Value;
        _cluster.Kill(1);
        await _cluster.PassAsync(TimeSpan.FromMilliseconds(1_900));
        _cluster.OwnerOf(_pool).ShouldBeNull();
        _cluster.Read().Members.ShouldAllBe(member => member.State == MemberState.Up);
        await TakenAsync();
        _cluster.ShardOf(_pool).Epoch.Value.ShouldBe(epoch + 1);
        _cluster.ShardOf(_pool).FormerLease.ShouldBe(TimeSpan.FromSeconds(3));
        _cluster[0].Member.Ownership.ShardsHeld.ShouldBe(Shards.Count);
    }

    [Fact]
    public async Task After_it_claims_are_renewed_and_free_seats_granted_at_once_and_releases_wait()
    {
        _cluster.Kill(1);
        await TakenAsync();
        var taken = _cluster.Clock.GetTimestamp();
        (await _cluster.ClaimAsync(_pool, "a")).ShouldBe(new Renewed(new("lic-" + _pool), 60_000, Repeat: true));
        (await _cluster.ClaimAsync(_pool, "b")).ShouldBeOfType<Granted>();
        _cluster.Clock.GetElapsedTime(taken).ShouldBeLessThan(TimeSpan.FromMilliseconds(10));
        (await _cluster.ReleaseAsync(_pool, "a")).ShouldBe(Released.Instance);
        _cluster.Clock.GetElapsedTime(taken).ShouldBe(TimeSpan.FromMilliseconds(3_250), TimeSpan.FromMilliseconds(10));
        var second = _cluster.Clock.GetTimestamp();
        (await _cluster.ReleaseAsync(_pool, "b")).ShouldBe(Released.Instance);
        _cluster.Clock.GetElapsedTime(second).ShouldBeLessThan(TimeSpan.FromMilliseconds(10));
    }

    [Fact]
    public async Task Recovered_claims_keep_the_longest_told_ttl_and_the_former_lease()
    {
        _cluster.Kill(1);
        await TakenAsync();
        var next = (NextDeadline)await _cluster.SendAsync(0, _pool, new AskNextDeadline());
        next.InMs!.Value.ShouldBeInRange(60_000 + 2_000 + 3_240, 60_000 + 2_000 + 3_250);
    }

    [Fact]
    public async Task Pools_with_claims_are_opened_though_nobody_asks()
    {
        _cluster.Kill(1);
        await TakenAsync();
        await _cluster.PassAsync(TimeSpan.FromSeconds(1));
        _cluster[0].Member.Pools.OwnershipOf(new(_pool)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_member_that_was_only_cut_off_ends_and_joins_again()
    {
        var former = _cluster[1].Self;
        _cluster[1].Cut();
        await TakenAsync();
        _cluster[1].Member.Lease.MayAnswer.ShouldBeFalse("whoever takes over has waited for longer");
        _cluster[1].Heal();
        await _cluster.UntilAsync(() => _cluster[1].Member.IsReady && _cluster[1].Self != former);
        _cluster[1].Member.Ownership.ShardsHeld.ShouldBe(0);
        (await _cluster.ClaimAsync(_pool, "a", at: 1)).ShouldBeOfType<Renewed>();
        _cluster.Read().Members.Single(member => member.Incarnation == _cluster[1].Self).Crashes.ShouldBe(1);
    }

    [Fact]
    public async Task A_newcomer_gets_its_share_after_its_delay_which_a_crash_doubles()
    {
        _cluster.Kill(1);
        await TakenAsync();
        await _cluster.PassAsync(TimeSpan.FromSeconds(60));
        _cluster.Restart(1);
        await _cluster.UntilAsync(() => _cluster[1].Member.IsReady);
        await _cluster.PassAsync(TimeSpan.FromSeconds(55));
        _cluster[1].Member.Ownership.ShardsHeld.ShouldBe(0);
        await _cluster.PassAsync(TimeSpan.FromSeconds(30));
        _cluster.IsBalanced().ShouldBeTrue();
    }

    [Fact]
    public async Task An_acquisition_whose_answer_is_lost_is_found_by_the_next_look()
    {
        _cluster[0].Table.LoseAnswer(TableCall.Acquire);
        _cluster.Kill(1);
        await TakenAsync();
        (await _cluster.ClaimAsync(_pool, "a")).ShouldBeOfType<Renewed>();
        _cluster.ShardOf(_pool).FormerLease.ShouldBe(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Who_should_take_a_shard_and_does_not_is_replaced_after_the_limit()
    {
        await using var cluster = await TestCluster.StartAsync(members: 3);
        await cluster.PassAsync(TimeSpan.FromSeconds(40));
        var heir = Assignment.Of(cluster.ShardOf(cluster.NameOwnedBy(2)).Shard, [.. cluster.Read().Members.Take(2)])!.Card.Name == "m0" ? 0 : 1;
        var name = cluster.NameOwnedBy(2);
        cluster[heir].Table.OnCall = call => Refuse(call == TableCall.Acquire);
        cluster.Kill(2);
        await cluster.UntilAsync(() => cluster.OwnerOf(name) == 1 - heir);
        cluster[1 - heir].Log.Count("shards.acquire").ShouldBeGreaterThanOrEqualTo(1);
    }

    private static void Refuse(bool refuses)
    {
        if (refuses)
        {
            throw new IOException("this call does not get through");
        }
    }

    private Task TakenAsync() => _cluster.UntilAsync(() => _cluster.OwnerOf(_pool) == 0 && _cluster[0].Member.Ownership.ShardsHeld == Shards.Count);
}
