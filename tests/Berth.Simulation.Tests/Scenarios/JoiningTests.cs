using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Simulation.Cluster;
using Berth.Simulation.Kernel;
using Berth.Simulation.Scenarios;

namespace Berth.Simulation.Tests.Scenarios;

/// <summary>Who may not join is told why, and who stands in the way only because he is dead is waited out.</summary>
public sealed class JoiningTests
{
    /// <summary>A lease, and one call of the table.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(4);

    [Fact]
    public void A_member_with_another_secret_may_not_join()
    {
        using var script = WithThird(card => card with { SecretDigest = new string('1', 64) });
        Refused(script).ShouldStartWith("m3 may not join: The secret of this member is not the one of cluster \"simulated\".");
    }

    [Fact]
    public void A_member_of_another_cluster_may_not_join()
    {
        using var script = WithThird(card => card with { Cluster = "other" });
        Refused(script).ShouldStartWith("m3 may not join: The store belongs to cluster \"simulated\", and this member is to join \"other\".");
    }

    [Fact]
    public void A_member_with_another_policy_may_not_join_while_the_others_live()
    {
        using var script = WithThird(card => card with { ExplicitPolicy = new PolicyException(TimeSpan.FromSeconds(40), null, null) });
        Refused(script, _patience).ShouldStartWith("m3 may not join: Member \"m1\" was started with ttl 30 s, and this one with ttl 40 s.");
    }

    [Fact]
    public void A_name_that_a_live_member_has_is_taken()
    {
        using var script = WithThird(card => card with { Name = "m1" });
        Refused(script, _patience).ShouldStartWith("m3 may not join: A member \"m1\" is up at m1:6350, and this one is at m3:6350.");
    }

    [Fact]
    public void A_member_that_can_do_less_may_not_join_once_the_level_has_risen()
    {
        using var script = Script.Started(3);
        script.Table.FeatureLevel.ShouldBe(1);
        foreach (var member in script.Cluster.Members)
        {
            // The level is the lowest of those that are up.
            script.Table.FeatureLevel.ShouldBe(1);
            member.Leave();
            script.RunUntil(() => !member.IsUp);
            member.Start(featureLevel: 2);
            script.RunUntil(() => script.RowOf(member.Name).State == MemberState.Up);
        }

        script.Table.FeatureLevel.ShouldBe(2);
        script["m3"].Leave();
        script.RunUntil(() => !script["m3"].IsUp);
        script["m3"].Start(featureLevel: 1);
        Refused(script, start: false).ShouldStartWith("m3 may not join: The cluster uses feature level 2, and this version can do 1.");
    }

    [Fact]
    public void A_dead_namesake_at_another_address_is_waited_out()
    {
        using var script = Script.Started(2, setting => setting with { CardOf = card => card with { Name = "m1" } }, started: 1);
        var pool = script.PoolAt("m1", seats: 1);
        script.Claim("n1", "m1", pool).Reply.ShouldBeOfType<Granted>();
        script["m1"].Crash(KillKind.Power);

        script["m2"].Start();
        script.RunUntil(() => script.RowOf("m1").Card.Address == "m2:6350").ShouldBeInRange(TimeSpan.FromSeconds(3), _patience);
        script.RunUntil(() => script["m2"].Running!.IsReady);
        script.Claim("n1", "m2", pool).Reply.ShouldBe(new Renewed(new("lic-1"), 30_000, Repeat: true));
        script.Claim("n2", "m2", pool).Reply.ShouldBe(new NoSeatFree(DenialReason.AllHeld));
    }

    [Fact]
    public void A_dead_member_with_another_policy_is_waited_out()
    {
        using var script = Script.Started(
            2,
            setting => setting with
            {
                CardOf = card => card.Name == "m1" ? card : card with { ExplicitPolicy = new PolicyException(TimeSpan.FromSeconds(40), null, null) },
            },
            started: 1);
        var pool = script.PoolAt("m1", seats: 1);
        script.Claim("n1", "m1", pool).Reply.ShouldBeOfType<Granted>();
        script["m1"].Crash(KillKind.Power);
        script["m2"].Start();
        script.RunUntil(() => script["m2"].Running!.IsReady).ShouldBeLessThan(TimeSpan.FromSeconds(8));
        script.Claim("n1", "m2", pool).Reply.ShouldBe(new Renewed(new("lic-1"), 40_000, Repeat: true));
    }

    private static Script WithThird(Func<MemberCard, MemberCard> change) =>
        Script.Started(3, setting => setting with { CardOf = card => card.Name == "m3" ? change(card) : card }, started: 2);

    /// <summary>What the third member is told; the cluster does not notice it.</summary>
    private static string Refused(Script script, TimeSpan after = default, bool start = true)
    {
        var third = script["m3"];
        if (start)
        {
            third.Start();
        }

        var from = script.Lines.Count;
        var waited = script.RunUntil(() => !third.IsUp);
        waited.ShouldBeInRange(after, after + TimeSpan.FromSeconds(2.5));
        script.Table.Members.Count(row => row.State == MemberState.Up).ShouldBe(2);
        var line = script.Lines.Skip(from).Single(line => line.Contains("may not join", StringComparison.Ordinal));
        return line[line.IndexOf("m3", StringComparison.Ordinal)..];
    }
}
