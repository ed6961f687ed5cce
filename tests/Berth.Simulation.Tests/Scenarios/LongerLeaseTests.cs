using Berth.Pools;
using Berth.Simulation.Scenarios;

namespace Berth.Simulation.Tests.Scenarios;

/// <summary>m1 has a lease of ten seconds, the others of three.</summary>
public sealed class LongerLeaseTests
{
    private static readonly TimeSpan _ten = TimeSpan.FromSeconds(10);

    [Fact]
    public void Who_takes_from_a_member_with_a_longer_lease_waits_that_longer_lease()
    {
        using var script = Started(2);
        var pool = script.PoolAt("m1", seats: 1);
        script.Claim("n1", "m1", pool);
        script.TakeEarly("m1", pool);
        var end = script.LeaseEnd("m1");
        (end - script.Now).ShouldBeGreaterThan(TimeSpan.FromSeconds(8));

        var released = script.BeginRelease("n1", "m2", pool);
        script.RunTo(end - TimeSpan.FromMilliseconds(10));
        script.Claim("n1", "m1", pool).Member.ShouldBe("m1");
        released.IsOver.ShouldBeFalse();
        script.Wait(released).Reply.ShouldBe(Released.Instance);
        released.EndedAt.ShouldBeInRange(end, end + TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void Silence_counts_for_as_long_as_the_lease_of_the_silent_member()
    {
        using var script = Started(2);
        var (longer, shorter) = (script.PoolAt("m1", seats: 1), script.PoolAt("m2", seats: 1));
        script.RunToRenewal("m1");
        script.CutOff("m1");
        script.RunUntil(() => script.OwnerOf(longer) == "m2").ShouldBeInRange(_ten - TimeSpan.FromMilliseconds(10), _ten + TimeSpan.FromSeconds(0.5));
        script.OwnerOf(shorter).ShouldBe("m2");
    }

    [Fact]
    public void A_forwarded_release_whose_time_runs_out_while_it_waits_frees_nothing()
    {
        using var script = Started(3);
        var pool = script.PoolAt("m1", seats: 1);
        script.Claim("n1", "m1", pool);
        var owner = script.TakeEarly("m1", pool);
        var other = owner == "m2" ? "m3" : "m2";
        (script.LeaseEnd("m1") - script.Now).ShouldBeGreaterThan(TimeSpan.FromSeconds(8));

        var dropped = script.Release("n1", other, pool);
        (dropped.Reply, dropped.Member).ShouldBe((Busy.Instance, owner));
        script.Claim("n2", other, pool).Reply.ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        script.Release("n1", other, pool).Reply.ShouldBe(Released.Instance);
    }

    private static Script Started(int members) => Script.Started(
        members, setting => setting with { CardOf = card => card.Name == "m1" ? card with { Lease = _ten } : card });
}
