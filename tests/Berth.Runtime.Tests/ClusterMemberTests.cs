using Berth.Pools;
using Berth.Testing.Cluster;

namespace Berth.Runtime.Tests;

public sealed class ClusterMemberTests
{
    [Fact]
    public async Task Every_member_takes_every_request()
    {
        await using var cluster = await TestCluster.StartAsync(members: 3);
        await cluster.PoolAsync("pool", seats: 2);
        (await cluster.ClaimAsync("pool", "node-1", at: 0)).ShouldBeOfType<Granted>();
        (await cluster.ClaimAsync("pool", "node-1", at: 1)).ShouldBeOfType<Renewed>();
        (await cluster.ClaimAsync("pool", "node-2", at: 2)).ShouldBeOfType<Granted>();
        (await cluster.ClaimAsync("pool", "node-3", at: 1)).ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        (await cluster.ReleaseAsync("pool", "node-1", at: 2)).ShouldBe(Released.Instance);
        (await cluster.ClaimAsync("pool", "node-3", at: 0)).ShouldBeOfType<Granted>();
    }

    [Fact]
    public async Task A_policy_that_one_member_changes_is_followed_by_the_others()
    {
        await using var cluster = await TestCluster.StartAsync(members: 3);
        var names = Enumerable.Range(0, 3).Select(cluster.NameOwnedBy).ToList();
        for (var i = 0; i < 3; i++)
        {
            await cluster.PoolAsync(names[i], seats: 1, at: i);
        }

        var change = new PolicyException(TimeSpan.FromSeconds(90), null, null);
        (await cluster.WaitAsync(cluster.Begin(() => cluster[1].Member.Pools.ChangePolicyAsync(change, Who.Nobody)))).ShouldBe(Changed.Instance);
        await cluster.PassAsync(TimeSpan.FromSeconds(6));
        foreach (var name in names)
        {
            (await cluster.ClaimAsync(name, "a")).ShouldBeOfType<Granted>().TtlMs.ShouldBe(90_000);
        }
    }

    [Fact]
    public async Task An_explicit_policy_of_a_newcomer_is_recorded_before_it_answers()
    {
        await using var cluster = await TestCluster.StartAsync(members: 1);
        var node = cluster.Add(card => card with { ExplicitPolicy = new PolicyException(TimeSpan.FromSeconds(45), null, null) });
        await cluster.UntilAsync(() => node.Member.IsReady);
        node.Member.Pools.Rules.ClusterPolicy.TtlMs.ShouldBe(45_000);
        ((PoolSummary)await cluster.SendAsync(0, "-", new AskSummary())).ClusterPolicy!.TtlMs.ShouldBe(45_000);
    }
}
