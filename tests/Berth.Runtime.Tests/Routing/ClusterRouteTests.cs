using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;
using Berth.Runtime.Pools;
using Berth.Runtime.Routing;
using Berth.Testing.Cluster;

namespace Berth.Runtime.Tests.Routing;

/// <summary>Commands that wait for an owner, and for how long.</summary>
public sealed class ClusterRouteTests
{
    [Fact]
    public async Task Without_a_lease_nothing_is_decided()
    {
        await using var cluster = await TestCluster.StartAsync(members: 1);
        await cluster.PoolAsync("pool", seats: 1);
        cluster[0].Table.IsCut = true;
        await cluster.PassAsync(TimeSpan.FromSeconds(3));
        var version = await VersionAsync(cluster);
        (await cluster.ClaimAsync("pool", "a")).ShouldBe(NotOwner.Instance);
        (await VersionAsync(cluster)).ShouldBe(version);
        cluster[0].Heal();
        (await cluster.ClaimAsync("pool", "a")).ShouldBeOfType<Granted>();
    }

    [Fact]
    public async Task A_command_waits_for_the_lease_to_be_renewed()
    {
        await using var cluster = await TestCluster.StartAsync(members: 1);
        await cluster.PoolAsync("pool", seats: 1);
        cluster[0].Table.IsCut = true;
        await cluster.PassAsync(TimeSpan.FromSeconds(4));
        var claim = cluster.Begin(0, "pool", new ClaimSeat(new("a"), Who.Nobody));
        cluster[0].Heal();
        (await cluster.WaitAsync(claim)).ShouldBeOfType<Granted>();
    }

    [Fact]
    public async Task More_than_so_many_that_wait_are_Busy()
    {
        var options = new TestClusterOptions { Routing = new RoutingOptions { MaxHeld = 5 } };
        await using var cluster = await TestCluster.StartAsync(members: 1, options);
        await cluster.PoolAsync("pool", seats: 1);
        cluster[0].Table.IsCut = true;
        await cluster.PassAsync(TimeSpan.FromSeconds(4));
        var held = Enumerable.Range(0, 5).Select(i => cluster.Begin(0, "pool", new ClaimSeat(new($"a{i}"), Who.Nobody))).ToList();
        (await cluster.ClaimAsync("pool", "one too many")).ShouldBe(Busy.Instance);
        await cluster.UntilAsync(() => held.TrueForAll(claim => claim.IsCompleted));
        foreach (var claim in held)
        {
            (await claim).ShouldBe(NotOwner.Instance);
        }

        cluster[0].Heal();
        (await cluster.ClaimAsync("pool", "a")).ShouldBeOfType<Granted>();
    }

    [Fact]
    public async Task A_silent_owner_is_waited_for_until_it_is_found_dead()
    {
        await using var cluster = await TestCluster.StartAsync(members: 2);
        var pool = cluster.NameOwnedBy(1);
        await cluster.PoolAsync(pool, seats: 1);
        (await cluster.ClaimAsync(pool, "a")).ShouldBeOfType<Granted>("the way is known");
        cluster[1].Cut();
        var claim = cluster.Begin(0, pool, new ClaimSeat(new("b"), Who.Nobody));
        await cluster.UntilAsync(() => cluster.OwnerOf(pool) == 0);
        claim.IsCompleted.ShouldBeTrue();
        (await claim).ShouldBe(Unknown.Instance);
    }

    [Fact]
    public async Task A_claim_that_nobody_waits_for_is_not_held()
    {
        await using var cluster = await TestCluster.StartAsync(members: 1);
        await cluster.PoolAsync("pool", seats: 1);
        cluster[0].Table.IsCut = true;
        await cluster.PassAsync(TimeSpan.FromSeconds(4));
        using var gone = new CancellationTokenSource();
        var claim = cluster.Begin(0, "pool", new ClaimSeat(new("a"), Who.Nobody), new Delivery(0, gone.Token));
        gone.Cancel();
        cluster[0].Heal();
        (await cluster.WaitAsync(claim)).ShouldBeOneOf(NotOwner.Instance, Busy.Instance);
        (await cluster.HoldsAsync("pool", "a")).ShouldBeFalse();
    }

    [Fact]
    public async Task What_was_decided_when_the_lease_had_ended_is_told_as_far_as_it_stays_true()
    {
        await using var cluster = await TestCluster.StartAsync(members: 1);
        await cluster.PoolAsync("pool", seats: 3);
        await cluster.ClaimAsync("pool", "releases");
        var hold = cluster[0].Journal.Hold(Testing.JournalCall.Append);
        var blocker = cluster.Begin(0, "pool", new ClaimSeat(new("blocker"), Who.Nobody));
        var claim = cluster.Begin(0, "pool", new ClaimSeat(new("claims"), Who.Nobody));
        var release = cluster.Begin(0, "pool", new ReleaseSeat(new("releases"), Who.Nobody));
        cluster[0].Table.IsCut = true;
        await cluster.PassAsync(TimeSpan.FromSeconds(4));
        cluster.Do(() => hold.Release());
        (await cluster.WaitAsync(blocker)).ShouldBe(Unknown.Instance);
        (await cluster.WaitAsync(claim)).ShouldBe(Unknown.Instance);
        (await cluster.WaitAsync(release)).ShouldBe(Released.Instance);
        cluster[0].Heal();
        (await cluster.ClaimAsync("pool", "claims")).ShouldBe(new Renewed(new("lic-pool"), 60_000, Repeat: true));
    }

    [Fact]
    public async Task Before_the_policy_is_known_only_what_is_about_it_is_answered()
    {
        await using var cluster = await TestCluster.StartAsync(members: 1);
        var shards = HeldShards.Everything(new Epoch(1_000), cluster.Clock);
        var local = new LocalPools(cluster[0].Member.Pools, shards, HeldLease.Endless(cluster.Clock), "m0");
        (await AskAsync(new ClaimSeat(new("a"), Who.Nobody))).ShouldBe(NotOwner.Instance);
        (await AskAsync(new AskSummary())).ShouldBeOfType<PoolSummary>();
        local.KnowsPolicy = true;
        (await AskAsync(new ClaimSeat(new("a"), Who.Nobody))).ShouldBeOfType<NoSeatFree>();

        async Task<PoolReply> AskAsync(PoolCommand command) =>
            (await cluster.WaitAsync(cluster.Begin(() => local.SendAsync(PoolName.Global, command, default, default)))).Reply;
    }

    [Fact]
    public async Task A_pool_that_one_member_made_is_found_by_its_owner_at_once()
    {
        await using var cluster = await TestCluster.StartAsync(members: 3);
        for (var owner = 0; owner < 3; owner++)
        {
            var name = cluster.NameOwnedBy(owner);
            await cluster.PoolAsync(name, seats: 1, at: (owner + 1) % 3);
            (await cluster.ClaimAsync(name, "a", at: (owner + 1) % 3)).ShouldBeOfType<Granted>();
        }
    }

    [Fact]
    public async Task A_name_that_no_pool_has_is_NoSuchPool_at_every_member()
    {
        await using var cluster = await TestCluster.StartAsync(members: 2);
        (await cluster.ClaimAsync("nobody's", "a", at: 0)).ShouldBe(NoSuchPool.Instance);
        (await cluster.ClaimAsync("nobody's", "a", at: 1)).ShouldBe(NoSuchPool.Instance);
    }

    private static async Task<long> VersionAsync(TestCluster cluster)
    {
        var versions = new List<long>();
        await cluster.Journal.ReadNewestAsync(new("pool"), item => versions.Add(item is JournalRecord record ? record.LastVersion : 0));
        return versions[^1];
    }
}
