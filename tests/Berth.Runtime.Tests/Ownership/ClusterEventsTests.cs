using Berth.Runtime.Ownership;
using Berth.Testing.Cluster;

namespace Berth.Runtime.Tests.Ownership;

/// <summary>What members see happen in a cluster.</summary>
public sealed class ClusterEventsTests
{
    [Fact]
    public async Task A_death_is_seen_from_silence_to_takeover_with_every_shard_counted()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var last = await LastAsync(cluster, 0);
        var held = cluster[1].Member.Ownership.ShardsHeld;
        cluster.Kill(1);
        await cluster.UntilAsync(cluster.IsBalanced);
        await cluster.PassAsync(TimeSpan.FromSeconds(1));
        var seen = await AfterAsync(cluster, 0, last);
        seen.Select(one => one.Kind).Distinct().ShouldBe(
        [
            ClusterEventKinds.MemberSilent, ClusterEventKinds.ShardsLost, ClusterEventKinds.MemberDown, ClusterEventKinds.ShardsTaken,
        ]);
        Sum(seen, ClusterEventKinds.ShardsLost, "m1", null).ShouldBe(held);
        Sum(seen, ClusterEventKinds.ShardsTaken, "m0", "m1").ShouldBe(held);
        seen[0].Address.ShouldBe("m1.site:6350");
    }

    [Fact]
    public async Task A_newcomer_is_seen_to_join_and_to_get_its_part()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        var last = await LastAsync(cluster, 0);
        cluster.Add();
        await cluster.UntilAsync(cluster.IsBalanced);
        await cluster.PassAsync(TimeSpan.FromSeconds(1));
        var seen = await AfterAsync(cluster, 0, last);
        seen.Select(one => one.Kind).Distinct().ShouldBe([ClusterEventKinds.MemberJoined, ClusterEventKinds.MemberUp, ClusterEventKinds.ShardsMoved]);
        seen.Take(2).ShouldAllBe(one => one.Member == "m1" && one.Incarnation == cluster[1].Self.Value);
        Sum(seen, ClusterEventKinds.ShardsMoved, "m1", "m0").ShouldBe(cluster[1].Member.Ownership.ShardsHeld);
    }

    [Fact]
    public async Task Who_leaves_says_so_and_the_others_see_it_go_in_order()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var (last, lastOther) = (await LastAsync(cluster, 0), await LastAsync(cluster, 1));
        var held = cluster[1].Member.Ownership.ShardsHeld;
        await cluster.LeaveAsync(1);
        await cluster.PassAsync(TimeSpan.FromSeconds(1));
        var seen = await AfterAsync(cluster, 0, last);
        Sum(seen, ClusterEventKinds.ShardsMoved, "m0", "m1").ShouldBe(held);
        seen.Select(one => one.Kind).ShouldNotContain(ClusterEventKinds.ShardsLost);
        seen[^1].Kind.ShouldBe(ClusterEventKinds.MemberLeft);
        var own = await AfterAsync(cluster, 1, lastOther);
        (own[0].Kind, own[0].Shards).ShouldBe((ClusterEventKinds.MemberLeaving, held));
    }

    [Fact]
    public async Task A_member_that_was_only_cut_off_is_seen_to_be_down_and_to_come_back_as_somebody_new()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var last = await LastAsync(cluster, 0);
        var life = cluster[1].Self;
        cluster[1].Cut();
        await cluster.PassAsync(TimeSpan.FromSeconds(8));
        cluster[1].Heal();
        await cluster.UntilAsync(() => cluster[1].Self.Value > life.Value);
        await cluster.PassAsync(TimeSpan.FromSeconds(2));
        var seen = await AfterAsync(cluster, 0, last);
        seen.Where(one => one.Kind.StartsWith("member.", StringComparison.Ordinal)).Select(one => (one.Kind, one.Incarnation == life.Value)).ShouldBe(
        [
            (ClusterEventKinds.MemberSilent, true), (ClusterEventKinds.MemberDown, true),
            (ClusterEventKinds.MemberJoined, false), (ClusterEventKinds.MemberUp, false),
        ]);
    }

    [Fact]
    public async Task Nothing_happens_in_a_cluster_that_is_well()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var last = await LastAsync(cluster, 2);
        await cluster.PassAsync(TimeSpan.FromMinutes(1));
        (await AfterAsync(cluster, 2, last)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_change_of_the_policy_is_seen_by_all()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var last = await LastAsync(cluster, 1);
        await cluster.WaitAsync(cluster.Begin(() => cluster[0].Member.Pools.ChangePolicyAsync(new(TimeSpan.FromSeconds(90), null, null), Berth.Pools.Who.Nobody)));
        await cluster.PassAsync(TimeSpan.FromSeconds(6));
        var seen = await AfterAsync(cluster, 1, last);
        (seen.Single().Kind, seen.Single().Detail).ShouldBe((ClusterEventKinds.PolicyChanged, "ttl 90 s, fifo, heartbeats on"));
    }

    private static int Sum(IEnumerable<ClusterEvent> events, string kind, string member, string? from) =>
        events.Where(one => one.Kind == kind && one.Member == member && one.From == from).Sum(one => one.Shards);

    /// <summary>The last event once all has been seen that happened so far.</summary>
    private static async Task<long> LastAsync(TestCluster cluster, int node)
    {
        await cluster.PassAsync(TimeSpan.FromSeconds(1));
        return (await ReadAsync(cluster, node, 0)).Last;
    }

    private static async Task<IReadOnlyList<ClusterEvent>> AfterAsync(TestCluster cluster, int node, long after) =>
        (await ReadAsync(cluster, node, after)).Events;

    private static async Task<ClusterEventPage> ReadAsync(TestCluster cluster, int node, long after) =>
        (await cluster.WaitAsync(cluster.Begin(() => cluster[node].Member.Events.ReadAsync(after, TimeSpan.Zero, default))))!;
}
