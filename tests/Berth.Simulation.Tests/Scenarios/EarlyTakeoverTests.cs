using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Simulation.Kernel;
using Berth.Simulation.Scenarios;

namespace Berth.Simulation.Tests.Scenarios;

/// <summary>A member's shards are taken while it may still answer: nodes reach it, but it has lost the store.</summary>
public sealed class EarlyTakeoverTests
{
    [Fact]
    public void Both_owners_renew_the_same_claim_until_the_old_lease_is_over()
    {
        using var script = Script.Started(2);
        var pool = script.PoolAt("m1", seats: 1);
        script.Claim("n1", "m1", pool).Reply.ShouldBeOfType<Granted>();
        script.TakeEarly("m1", pool).ShouldBe("m2");
        var end = script.LeaseEnd("m1");

        var anew = script.Claim("n1", "m2", pool);
        (anew.Reply is Renewed, anew.Member, anew.Epoch).ShouldBe((true, "m2", new Epoch(2)));
        var old = script.Claim("n1", "m1", pool);
        (old.Reply is Renewed, old.Member, old.Epoch).ShouldBe((true, "m1", new Epoch(1)));
        script.Claim("n2", "m1", pool).Reply.ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        script.Claim("n2", "m2", pool).Reply.ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        script.Now.ShouldBeLessThan(end);

        script.RunTo(end);
        var late = script.Claim("n1", "m1", pool);
        (late.Reply, late.Member).ShouldBe((NotOwner.Instance, null));
        script.Clear("m1");
        script.Reconnect("m1");
        script.RunUntil(() => script.RowOf("m1").Crashes == 1 && script["m1"].Running!.IsReady);
        var after = script.Claim("n1", "m1", pool);
        (after.Reply is Renewed, after.Member, after.Epoch).ShouldBe((true, "m2", new Epoch(2)));
    }

    [Fact]
    public void What_the_old_owner_promised_last_is_kept_by_the_new_one()
    {
        using var script = Script.Started(2);
        var pool = script.PoolAt("m1", seats: 1);
        script.Claim("n1", "m1", pool).Reply.ShouldBeOfType<Granted>();
        script.TakeEarly("m1", pool);
        script.RunTo(script.LeaseEnd("m1") - TimeSpan.FromMilliseconds(5));
        var last = script.Claim("n1", "m1", pool);
        last.Member.ShouldBe("m1");
        var until = last.EndedAt + TimeSpan.FromMilliseconds(last.Reply.ShouldBeOfType<Renewed>().TtlMs);

        script.RunTo(until - Script.Way);
        script.Claim("n2", "m2", pool).Reply.ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        script.Run(TimeSpan.FromSeconds(4));
        script.Claim("n2", "m2", pool).Reply.ShouldBeOfType<Granted>();
    }

    [Fact]
    public void A_release_at_the_new_owner_waits_until_the_old_one_can_no_longer_renew()
    {
        using var script = Script.Started(2);
        var pool = script.PoolAt("m1", seats: 1);
        script.Claim("n1", "m1", pool);
        script.TakeEarly("m1", pool);
        var end = script.LeaseEnd("m1");

        var released = script.BeginRelease("n1", "m2", pool);
        script.RunTo(end - TimeSpan.FromMilliseconds(10));
        var old = script.Claim("n1", "m1", pool);
        (old.Reply is Renewed, old.Member).ShouldBe((true, "m1"));
        script.Claim("n2", "m2", pool).Reply.ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        released.IsOver.ShouldBeFalse();

        script.Wait(released).Reply.ShouldBe(Released.Instance);
        released.EndedAt.ShouldBeInRange(end, end + TimeSpan.FromSeconds(3.5));
        script.Claim("n2", "m2", pool).Reply.ShouldBeOfType<Granted>();
    }

    [Fact]
    public void A_free_seat_is_granted_at_once_by_the_new_owner()
    {
        using var script = Script.Started(2);
        var pool = script.PoolAt("m1", seats: 2);
        script.Claim("n1", "m1", pool);
        script.TakeEarly("m1", pool);
        var granted = script.Claim("n2", "m2", pool);
        granted.Reply.ShouldBeOfType<Granted>();
        granted.EndedAt.ShouldBeLessThan(script.LeaseEnd("m1"));

        // The old owner believes that the seat is free, and can give it to nobody: the store refuses.
        script.Reconnect("m1");
        var renewals = script.Keep("m1", operation => operation is RenewLease or ReadTable);
        script.Claim("n3", "m1", pool).Reply.ShouldBe(NotOwner.Instance);
        renewals.IsOver = true;
    }

    [Fact]
    public void The_third_owner_waits_for_the_lease_of_the_first()
    {
        using var script = Script.Started(3);
        var pool = script.PoolAt("m1", seats: 1, name => PlanOf(script, name, "m2", "m3") == "m3");
        script.Claim("n1", "m1", pool);
        script.RunToRenewal("m1");
        script.CutOff("m1");
        var end = script.LeaseEnd("m1");
        var first = script.RowOf("m1");
        script.Do("m2", new AcquireShards(
            script.RowOf("m2").Incarnation, [Shards.Of(pool)], new SeenMember(first.Incarnation, first.Counter)));
        script.OwnerOf(pool).ShouldBe("m2");
        script.RunUntil(() => script.OpenAt("m3", pool)?.Epoch == new Epoch(3));
        script.Now.ShouldBeLessThan(end);

        var released = script.BeginRelease("n1", "m3", pool);
        script.RunTo(end - TimeSpan.FromMilliseconds(10));
        script.Claim("n1", "m1", pool).Member.ShouldBe("m1");
        script.Claim("n2", "m3", pool).Reply.ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        released.IsOver.ShouldBeFalse();

        script.Wait(released).Reply.ShouldBe(Released.Instance);
        (released.Member, released.Epoch).ShouldBe(("m3", new Epoch(3)));
        released.EndedAt.ShouldBeGreaterThan(end);
    }

    private static string PlanOf(Script script, PoolName pool, params string[] members) =>
        Assignment.Of(Shards.Of(pool), [.. members.Select(script.RowOf)])!.Card.Name;
}
