using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Testing.Cluster;

namespace Berth.Runtime.Tests.Ownership;

public sealed class LeaseRenewalTests
{
    [Fact]
    public async Task It_renews_three_times_in_a_lease_whatever_else_is_slow()
    {
        await using var cluster = await TestCluster.StartAsync(members: 1);
        cluster[0].Journal.Otherwise = (_, _) => Testing.Fault.ThrowBefore;
        var before = cluster[0].Table.Count(TableCall.Renew);
        await cluster.PassAsync(TimeSpan.FromSeconds(30));
        (cluster[0].Table.Count(TableCall.Renew) - before).ShouldBe(30);
        cluster[0].Member.Lease.MayAnswer.ShouldBeTrue();
    }

    [Fact]
    public async Task A_store_that_is_away_for_less_than_the_lease_is_not_noticed()
    {
        await using var cluster = await TestCluster.StartAsync(members: 2);
        await cluster.PoolAsync("pool", seats: 1);
        await cluster.ClaimAsync("pool", "a");
        cluster.Nodes.ToList().ForEach(node => node.CutStore());
        await cluster.PassAsync(TimeSpan.FromMilliseconds(1_500));
        (await cluster.ClaimAsync("pool", "a")).ShouldBeOfType<Renewed>();
    }

    [Fact]
    public async Task After_the_store_was_away_all_goes_on_where_it_was()
    {
        await using var cluster = await TestCluster.StartAsync(members: 2);
        await cluster.PoolAsync("pool", seats: 1);
        await cluster.ClaimAsync("pool", "a");
        var shard = cluster.ShardOf("pool");
        cluster.Nodes.ToList().ForEach(node => node.CutStore());
        await cluster.PassAsync(TimeSpan.FromMinutes(1) + TimeSpan.FromSeconds(30));
        cluster.Nodes.ShouldAllBe(node => !node.Member.Lease.MayAnswer);
        cluster.Nodes.ToList().ForEach(node => node.Heal());
        (await cluster.ClaimAsync("pool", "b")).ShouldBeOfType<NoSeatFree>("time without a lease does not age the claim");
        (await cluster.ClaimAsync("pool", "a")).ShouldBeOfType<Renewed>();
        cluster.ShardOf("pool").ShouldBe(shard);
    }

    [Fact]
    public async Task A_step_of_the_wall_clock_costs_one_renewal_and_no_claim()
    {
        await using var cluster = await TestCluster.StartAsync(members: 1);
        await cluster.PoolAsync("pool", seats: 1);
        await cluster.ClaimAsync("pool", "a");
        cluster.Clock.StepWall(TimeSpan.FromDays(1));
        cluster[0].Member.Lease.MayAnswer.ShouldBeFalse();
        (await cluster.ClaimAsync("pool", "a")).ShouldBeOfType<Renewed>();
    }

    [Fact]
    public async Task A_shard_that_a_renewal_does_not_name_is_not_answered_for_any_more()
    {
        await using var cluster = await TestCluster.StartAsync(members: 1);
        await cluster.PoolAsync("pool", seats: 1);
        var node = cluster[0];
        node.Table.IsCut = true;
        await cluster.PassAsync(TimeSpan.FromSeconds(4));
        var thief = (await cluster.Table.JoinAsync(node.Card with { Name = "thief" }, CancellationToken.None)).Incarnation!.Value;
        var shard = cluster.ShardOf("pool");
        await cluster.Table.TransferAsync(node.Self, new OwnedShard(shard.Shard, shard.Epoch, default), thief, true, CancellationToken.None);
        node.Heal();
        await cluster.UntilAsync(() => node.Member.Lease.MayAnswer);
        (await cluster.ClaimAsync("pool", "a")).ShouldBe(NotOwner.Instance);
        node.Member.Pools.OwnershipOf(new("pool")).ShouldBeNull();
    }
}
