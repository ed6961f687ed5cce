namespace Berth.Protocol.Tests;

public sealed class ClusterVerdictTests
{
    [Fact]
    public void A_cluster_where_all_is_well_is_whole()
    {
        var verdict = ClusterVerdict.Of(Cluster(0, Member("m1", MemberSights.Self), Member("m2")));
        (verdict.Verdict, verdict.Reasons.Count, verdict.Members).ShouldBe((ClusterVerdict.Whole, 0, 2));
    }

    [Fact]
    public void Members_that_have_ended_in_order_are_no_flaw() => ClusterVerdict.Of(
        Cluster(0, Member("m1", MemberSights.Self), Member("m2") with { State = MemberStates.Left, Seen = null, Reachable = null, Version = "0.9" }))
        .Verdict.ShouldBe(ClusterVerdict.Whole);

    [Fact]
    public void Each_flaw_is_a_reason()
    {
        Reason(Cluster(3, Member("m1", MemberSights.Self))).ShouldBe("3 of 256 shards wait for an owner");
        Reason(With(Member("m2", MemberSights.Silent) with { Reachable = false })).ShouldBe("m2 at m2:6350 is silent: it has not renewed its lease");
        Reason(With(Member("m2") with { Reachable = false })).ShouldBe("m2 at m2:6350 renews its lease and does not answer on its cluster port");
        Reason(With(Member("m2") with { Status = MemberStates.Joining })).ShouldBe("m2 is joining");
        Reason(With(Member("m2") with { Status = MemberStates.Leaving })).ShouldBe("m2 is leaving");
        Reason(With(Member("m2") with { Version = "1.1" })).ShouldBe("members of different versions: 1.0 (m1); 1.1 (m2)");
        Reason(With(Member("m2") with { FeatureLevel = 2 })).ShouldBe("members of different feature levels: 1 (m1); 2 (m2)");
        Reason(With(Member("m2")) with { Self = null }).ShouldBe("no member was asked: whether members live is not known");
    }

    [Fact]
    public void Without_a_store_a_member_or_a_shard_no_seat_is_given()
    {
        ClusterVerdict.Of(With(Member("m2")) with { FromStore = false }).Verdict.ShouldBe(ClusterVerdict.Unavailable);
        ClusterVerdict.Of(Cluster(256, Member("m1", MemberSights.Self))).Verdict.ShouldBe(ClusterVerdict.Unavailable);
        ClusterVerdict.Of(Cluster(256) with { Self = null }).Verdict.ShouldBe(ClusterVerdict.Unavailable);
    }

    [Fact]
    public void A_store_that_can_be_read_and_takes_no_writes_leaves_no_member_with_a_lease()
    {
        var waiting = Cluster(
            0,
            Member("m1", MemberSights.Self) with { Status = MemberStates.Joining },
            Member("m2") with { Status = MemberStates.Joining },
            Member("m3", MemberSights.Silent));
        var verdict = ClusterVerdict.Of(waiting);
        verdict.Verdict.ShouldBe(ClusterVerdict.Unavailable);
        verdict.Reasons[0].ShouldBe("no member has a lease: no seat is given; if it stays so, the store answers and takes no writes");
        ClusterVerdict.Of(waiting with { Members = [.. waiting.Members, Member("m4")] }).Verdict.ShouldBe(ClusterVerdict.Degraded);
    }

    [Fact]
    public void A_cluster_that_has_just_started_gives_no_seat_until_a_member_knows_its_policy()
    {
        var starting = Member("m1", MemberSights.Self) with { Status = MemberStates.Joining, LeaseLeftMs = 2_900 };
        var verdict = ClusterVerdict.Of(Cluster(0, starting, starting with { Name = "m2", Seen = MemberSights.Alive }));
        verdict.Verdict.ShouldBe(ClusterVerdict.Unavailable);
        verdict.Reasons[0].ShouldBe("no member has read the cluster's policy yet: no seat is given; a cluster that starts does so within seconds");
        ClusterVerdict.Of(With(starting with { Name = "m2" })).Verdict.ShouldBe(ClusterVerdict.Degraded);
    }

    /// <summary>The one reason why a cluster is degraded.</summary>
    private static string Reason(ClusterState cluster)
    {
        var verdict = ClusterVerdict.Of(cluster);
        verdict.Verdict.ShouldBe(ClusterVerdict.Degraded);
        return verdict.Reasons.ShouldHaveSingleItem();
    }

    private static ClusterState With(MemberEntry member) => Cluster(0, Member("m1", MemberSights.Self), member);

    private static ClusterState Cluster(int orphans, params MemberEntry[] members) =>
        new("berth", "m1", true, 1, members, new ShardTotals(256, 256 - orphans, orphans));

    private static MemberEntry Member(string name, string seen = MemberSights.Alive) =>
        new(name, $"{name}:6350", MemberStates.Up, 1, 10, 3_000, 100, 0, seen) { Reachable = true, Version = "1.0", FeatureLevel = 1 };
}
