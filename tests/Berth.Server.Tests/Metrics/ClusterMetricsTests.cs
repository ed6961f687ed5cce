using Berth.Server.Tests.Cluster;
using Berth.Testing.Metrics;

namespace Berth.Server.Tests.Metrics;

/// <summary>What members of a cluster tell: each of its own pools, so that sums are right, and all of what they see of each other.</summary>
public sealed class ClusterMetricsTests
{
    [Fact]
    public async Task Members_tell_of_hops_and_of_a_takeover_and_pools_are_told_by_their_owner_alone()
    {
        await using var rig = await ClusterRig.StartAsync(3);
        await rig[0].AddSeatsAsync("cad", 4);
        var owner = rig.OwnerOf("cad")!;
        var other = rig.NotOwnerOf("cad");
        (await rig.PutAsync(other, "cad", "a")).Status.ShouldBe(201);
        (await rig.PutAsync(owner, "cad", "b")).Status.ShouldBe(201);

        await SettledAsync(rig, 3);
        var all = await ScrapeAsync(rig);
        all.Sum(told => told.Sum("berth_claims_total", ("pool", "cad"), ("result", "granted"))).ShouldBe(2);
        all.Sum(told => told.Sum("berth_pool_seats", ("pool", "cad"), ("state", "total"))).ShouldBe(4);
        all.Sum(told => told["berth_shards", ("state", "held")]).ShouldBe(256);
        all.All(told => told["berth_shards", ("state", "orphaned")] == 0).ShouldBeTrue();
        all.All(told => told["berth_cluster_members", ("status", "up")] == 3).ShouldBeTrue();
        all.All(told => told["berth_lease_left_seconds"] > 0 && told["berth_lease_left_seconds"] <= 1.5).ShouldBeTrue();
        all.Sum(told => told.Sum("berth_shard_moves_total")).ShouldBeGreaterThanOrEqualTo(256);
        var edge = await other.Member.ScrapeAsync();
        edge["berth_hops_total", ("result", "answered")].ShouldBeGreaterThanOrEqualTo(1);
        edge["berth_hop_duration_seconds_count"].ShouldBeGreaterThanOrEqualTo(1);
        edge["berth_claim_duration_seconds_count"].ShouldBe(1);
        edge["berth_store_duration_seconds_count", ("operation", "renew")].ShouldBeGreaterThanOrEqualTo(1);

        await rig.KillAsync(owner);
        await rig.UntilAsync(() => rig.IsShared() && rig.OwnerOf("cad") is not null);
        (await rig.PutAsync(rig.OwnerOf("cad")!, "cad", "b")).Status.ShouldBe(202);
        await SettledAsync(rig, 2);
        await rig.UntilAsync(() => rig.Members.Sum(member => member.Member.InCluster!.Measures.Takeovers.Read().Counts.Sum()) > 0);
        var left = await ScrapeAsync(rig);
        left.All(told => told["berth_cluster_members", ("status", "up")] == 2 && told["berth_cluster_members", ("status", "down")] == 1).ShouldBeTrue();
        left.Sum(told => told["berth_takeover_duration_seconds_count"]).ShouldBeGreaterThanOrEqualTo(1);
        left.Sum(told => told["berth_shards", ("state", "held")]).ShouldBe(256);
        left.Sum(told => told.Sum("berth_pool_seats", ("pool", "cad"), ("state", "leased"))).ShouldBe(2);
    }

    [Fact]
    public async Task A_member_that_leaves_hands_its_shards_on()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        await rig[0].BeginStopAsync();
        await rig.UntilAsync(() => rig[0].Running.IsCompleted);
        await rig.UntilAsync(() => rig[1].Member.InCluster!.Ownership.ShardsHeld == 256);
        var told = await rig[0].Member.ScrapeAsync();
        told["berth_shard_moves_total", ("kind", "handed_on")].ShouldBeGreaterThanOrEqualTo(100);
        told["berth_shards", ("state", "held")].ShouldBe(0);
        (await rig[1].Member.ScrapeAsync())["berth_shard_moves_total", ("kind", "received")].ShouldBeGreaterThanOrEqualTo(100);
    }

    /// <summary>So many members see each other and nobody else, and hold all shards.</summary>
    private static Task SettledAsync(ClusterRig rig, int members)
    {
        var live = rig.Members.Where(member => !member.IsGone).Select(member => member.Member.InCluster!.Ownership).ToList();
        return rig.UntilAsync(() => live.Sum(one => one.ShardsHeld) == 256 && live.All(one => one.View.Live.Count == members && one.View.Orphans.Count == 0));
    }

    private static async Task<List<ScrapedMetrics>> ScrapeAsync(ClusterRig rig)
    {
        var all = new List<ScrapedMetrics>();
        foreach (var member in rig.Members.Where(member => !member.IsGone))
        {
            all.Add(await member.Member.ScrapeAsync());
        }

        return all;
    }
}
