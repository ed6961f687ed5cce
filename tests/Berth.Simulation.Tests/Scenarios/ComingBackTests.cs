using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Simulation.Kernel;
using Berth.Simulation.Scenarios;

namespace Berth.Simulation.Tests.Scenarios;

/// <summary>Members that were down, or dead, serve again, and every claim is still there.</summary>
public sealed class ComingBackTests
{
    [Fact]
    public void A_member_that_was_marked_down_joins_as_somebody_new_and_gets_its_shards_back()
    {
        using var script = Script.Started(2);
        var pool = script.PoolAt("m1", seats: 1);
        script.Claim("n1", "m1", pool).Reply.ShouldBeOfType<Granted>();
        script.Run(TimeSpan.FromSeconds(10));
        var first = script.RowOf("m1").Incarnation;
        script.Do("m2", new MarkDown(first));
        script.RunUntil(() => script.OpenAt("m2", pool)?.Epoch == new Epoch(2), TimeSpan.FromSeconds(1));
        script.RunUntil(() => script.RowOf("m1").Incarnation != first, TimeSpan.FromSeconds(3));
        var meanwhile = script.Claim("n1", "m1", pool);
        (meanwhile.Reply is Renewed, meanwhile.Member, meanwhile.Epoch).ShouldBe((true, "m2", new Epoch(2)));

        // One crash doubles the time after which it is given shards that others serve.
        script.RunUntil(() => script.OpenAt("m1", pool)?.Epoch == new Epoch(3)).ShouldBeGreaterThan(TimeSpan.FromSeconds(15));
        var back = script.Claim("n1", "m2", pool);
        (back.Reply is Renewed, back.Member, back.Epoch).ShouldBe((true, "m1", new Epoch(3)));
        script.Claim("n2", "m2", pool).Reply.ShouldBe(new NoSeatFree(DenialReason.AllHeld));
    }

    [Theory]
    [InlineData((int)KillKind.Process)]
    [InlineData((int)KillKind.Power)]
    public void A_lone_member_that_crashed_serves_again_as_soon_as_it_starts(int kill)
    {
        using var script = Script.Started(1);
        var pool = script.PoolAt("m1", seats: 1);
        script.Claim("n1", "m1", pool).Reply.ShouldBeOfType<Granted>();
        script["m1"].Crash((KillKind)kill);
        script["m1"].Start();
        script.RunUntil(() => script["m1"].Running!.IsReady).ShouldBeLessThan(TimeSpan.FromSeconds(1));
        script.Claim("n1", "m1", pool).Reply.ShouldBe(new Renewed(new("lic-1"), 30_000, Repeat: true));
        script.Claim("n2", "m1", pool).Reply.ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        script.RowOf("m1").Crashes.ShouldBe(1);
    }

    [Fact]
    public void All_members_crash_and_start_again_and_every_claim_is_there()
    {
        using var script = Script.Started(3);
        List<PoolName> pools = [script.PoolAt("m1", 2), script.PoolAt("m2", 2), script.PoolAt("m3", 2)];
        foreach (var pool in pools)
        {
            script.Claim($"{pool}-1", "m1", pool).Reply.ShouldBeOfType<Granted>();
            script.Claim($"{pool}-2", "m2", pool).Reply.ShouldBeOfType<Granted>();
        }

        foreach (var member in script.Cluster.Members)
        {
            member.Crash(KillKind.Power);
        }

        script.Run(TimeSpan.FromMinutes(5));
        foreach (var member in script.Cluster.Members)
        {
            member.Start();
        }

        script.RunUntil(() => script.Cluster.Members.All(member => member.Running!.IsReady)).ShouldBeLessThan(TimeSpan.FromSeconds(2));
        foreach (var pool in pools)
        {
            script.Claim("another", "m3", pool).Reply.ShouldBe(new NoSeatFree(DenialReason.AllHeld));
            script.Claim($"{pool}-1", "m3", pool).Reply.ShouldBeOfType<Renewed>().Repeat.ShouldBeTrue();
            script.Claim($"{pool}-2", "m1", pool).Reply.ShouldBeOfType<Renewed>().Repeat.ShouldBeTrue();
        }
    }

    [Fact]
    public void Two_members_that_think_each_other_dead_leave_one_owner_and_no_seat_given_twice()
    {
        using var script = Script.Started(2);
        var (one, other) = (script.PoolAt("m1", seats: 1), script.PoolAt("m2", seats: 1));
        script.Claim("n1", "m1", one).Reply.ShouldBeOfType<Granted>();
        script.Claim("n1", "m2", other).Reply.ShouldBeOfType<Granted>();
        script.Suspect("m1");
        script.Suspect("m2");
        var before = script.ShardOf(one).Epoch;
        List<PoolReply?> replies = [];
        for (var i = 0; i < 40; i++)
        {
            var edge = i % 2 == 0 ? "m1" : "m2";
            replies.Add(script.Claim("n1", edge, one).Reply);
            replies.Add(script.Claim("n1", edge, other).Reply);
            script.Claim("n2", edge, one).Reply.ShouldNotBeOfType<Granted>();
            script.Claim("n2", edge, other).Reply.ShouldNotBeOfType<Granted>();
            script.Run(TimeSpan.FromMilliseconds(250));
        }

        replies.ShouldAllBe(reply => reply is Renewed || reply is NotOwner || reply is Unknown);
        replies.Count(reply => reply is Renewed).ShouldBeGreaterThan(20);
        (script.ShardOf(one).Epoch.Value + script.ShardOf(other).Epoch.Value).ShouldBeGreaterThan(before.Value + 2);
        script.Clear("m1");
        script.Clear("m2");
        script.RunUntil(script.IsBalanced, TimeSpan.FromMinutes(5));
        (script.Claim("n1", "m2", one).Member, script.Claim("n1", "m1", other).Member).ShouldBe(("m1", "m2"));
        script.Claim("n2", "m2", one).Reply.ShouldBe(new NoSeatFree(DenialReason.AllHeld));
    }
}
