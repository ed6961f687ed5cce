using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Simulation.Scenarios;

namespace Berth.Simulation.Tests.Scenarios;

/// <summary>What is made or changed at one member is found and followed at all.</summary>
public sealed class FollowingTests
{
    [Theory]
    [InlineData("m1")]
    [InlineData("m2")]
    [InlineData("m3")]
    public void A_pool_that_was_made_at_one_member_is_found_at_all(string owner)
    {
        using var script = Script.Started(3);
        var pool = Enumerable.Range(0, 1000).Select(i => new PoolName($"made-{i}")).First(name => script.OwnerOf(name) == owner);
        script.Claim("n1", "m3", pool).Reply.ShouldBe(NoSuchPool.Instance);
        script.MakePool(pool, "m1");
        var made = script.Now;

        // Its owner knows nothing of it yet, and looks before it says so.
        foreach (var via in new[] { "m1", "m2", "m3" })
        {
            script.Claim("n1", via, pool).Reply.ShouldBe(new NoSeatFree(DenialReason.NoLicenses));
        }

        (script.Now - made).ShouldBeLessThan(TimeSpan.FromSeconds(0.5));
        script.Run(TimeSpan.FromSeconds(5.5));
        script.Cluster.Members.ShouldAllBe(member => member.Running!.Router.Has(pool));
    }

    [Fact]
    public void A_policy_that_was_changed_at_one_member_is_followed_by_all_within_ten_seconds()
    {
        using var script = Script.Started(3);
        List<PoolName> pools = [script.PoolAt("m1", 1), script.PoolAt("m2", 1), script.PoolAt("m3", 1)];
        pools.ForEach(pool => script.Claim("n1", "m1", pool).Reply.ShouldBeOfType<Granted>().TtlMs.ShouldBe(30_000));
        PoolReply? changed = null;
        script["m2"].Process!.Start(async () =>
            changed = await script["m2"].Running!.Pools.ChangePolicyAsync(new PolicyException(TimeSpan.FromSeconds(45), null, null), Who.Nobody));
        script.RunUntil(() => changed is not null);
        changed.ShouldBe(Changed.Instance);

        script.RunUntil(() => pools.TrueForAll(pool => script.Claim("n1", "m1", pool).Reply is Renewed { TtlMs: 45_000 }), TimeSpan.FromSeconds(10));
        script.Run(TimeSpan.FromSeconds(40));
        pools.ForEach(pool => script.Claim("n2", "m3", pool).Reply.ShouldBe(new NoSeatFree(DenialReason.AllHeld)));
        script.Run(TimeSpan.FromSeconds(10));
        pools.ForEach(pool => script.Claim("n2", "m3", pool).Reply.ShouldBe(new Granted(script.Given.Of(script.OwnerOf(pool)!, pool, new Epoch(1))
            .Select(answer => answer.Reply).OfType<Granted>().First().License, 45_000, 2)));
    }
}
