using Berth.Protocol;
using Berth.Runtime.Ownership;
using Berth.Testing.Cluster;

namespace Berth.Server.Tests.Management;

/// <summary>What members say of themselves, and what a cluster is called where they do not.</summary>
public sealed class ClusterShowTests
{
    [Fact]
    public async Task Every_member_says_what_only_it_knows()
    {
        await using var rig = await ClusterRig.StartAsync(3);
        var pool = rig.Cluster.NameOwnedBy(1);
        await rig.Cluster.PoolAsync(pool, seats: 2);
        await rig.Cluster.ClaimAsync(pool, "a");
        await rig.Cluster.ClaimAsync(pool, "b");
        await rig.Cluster.PassAsync(TimeSpan.FromSeconds(6));
        var cluster = await rig.GoodAsync(0, one => one.Cluster.ShowAsync(default));
        cluster.Members.ShouldAllBe(member => member.Status == MemberStates.Up && member.Reachable == true && member.Version == "0");
        cluster.Members.ShouldAllBe(member => member.FeatureLevel == 1 && member.LeaseLeftMs > 1_000 && member.LeaseLeftMs <= 3_000);
        cluster.Members.Select(member => member.Claims).ShouldBe([0, 2, 0]);
        cluster.Members.Sum(member => member.Pools).ShouldBe(2, "the global pool is one, too");
        ClusterVerdict.Of(cluster).ShouldSatisfyAllConditions(
            verdict => verdict.Verdict.ShouldBe(ClusterVerdict.Whole), verdict => verdict.Reasons.ShouldBeEmpty(), verdict => verdict.Members.ShouldBe(3));
    }

    [Fact]
    public async Task A_member_that_others_do_not_reach_and_that_renews_is_shown_as_such()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        rig.Cluster[1].Wire.IsCut = true;
        var began = rig.Cluster.Clock.GetTimestamp();
        var cluster = await rig.GoodAsync(0, one => one.Cluster.ShowAsync(default));
        rig.Cluster.Clock.GetElapsedTime(began).ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(3));
        var member = cluster.Members[1];
        (member.Status, member.Seen, member.Reachable).ShouldBe((MemberStates.Up, MemberSights.Alive, false));
        (member.Version, member.Pools, member.Claims, member.LeaseLeftMs, member.AnswerMs).ShouldBe((null, null, null, null, null));
        var verdict = ClusterVerdict.Of(cluster);
        (verdict.Verdict, verdict.Reasons.Single()).ShouldBe(
            (ClusterVerdict.Degraded, "m1 at m1.site:6350 renews its lease and does not answer on its cluster port"));
        rig.Cluster[1].Heal();
    }

    /// <summary>It answers 400 to a kind of request that it does not know, which the wire takes for one that did not arrive.</summary>
    [Fact]
    public async Task An_older_member_is_reached_and_says_nothing_of_itself()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        MakeOld(rig, 0, "m1.site:6350");
        var cluster = await rig.GoodAsync(0, one => one.Cluster.ShowAsync(default));
        var member = cluster.Members[1];
        (member.Reachable, member.Version, member.Status).ShouldBe((true, null, MemberStates.Up));
        ClusterVerdict.Of(cluster).Verdict.ShouldBe(ClusterVerdict.Whole);
        var shards = await rig.GoodAsync(0, one => one.Cluster.ShardsAsync(default));
        shards.Shards.Where(shard => shard.Owner == "m1").ShouldAllBe(shard => shard.Pools == null);
        var request = new MoveShardRequest(shards.Shards.First(shard => shard.Owner == "m0").Shard, "m1");
        var refused = await rig.RefusedAsync(0, one => one.Cluster.MoveAsync(request, default));
        (refused.Code, refused.Detail.Contains("older version", StringComparison.Ordinal)).ShouldBe((ProblemCodes.ShardNotMoved, true));
    }

    [Fact]
    public async Task A_member_that_hands_on_what_it_has_is_leaving()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        rig.Cluster[1].Table.OnCall = call =>
        {
            if (call is TableCall.Transfer)
            {
                throw new IOException("not now");
            }
        };
        rig.Cluster.BeginLeave(1);
        var cluster = await rig.GoodAsync(0, one => one.Cluster.ShowAsync(default));
        cluster.Members[1].Status.ShouldBe(MemberStates.Leaving);
        ClusterVerdict.Of(cluster).Reasons.ShouldContain("m1 is leaving");
        rig.Cluster[1].Table.OnCall = null;
        await rig.Cluster.UntilAsync(() => rig.Cluster[1].Running.IsCompleted);
        (await rig.GoodAsync(0, one => one.Cluster.ShowAsync(default))).Members[1].Status.ShouldBe(MemberStates.Left);
    }

    [Fact]
    public async Task A_store_that_does_not_answer_gives_no_seats()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        rig.Cluster[0].CutStore();
        var verdict = ClusterVerdict.Of(await rig.GoodAsync(0, one => one.Cluster.ShowAsync(default)));
        verdict.Verdict.ShouldBe(ClusterVerdict.Unavailable);
        verdict.Reasons[0].ShouldStartWith("the store does not answer");
        rig.Cluster[0].Heal();
    }

    [Fact]
    public async Task What_happened_is_told_after_a_number_and_waited_for()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        var all = await rig.GoodAsync(0, one => one.Cluster.EventsAsync(0, 0, default));
        all.Events[0].Event.ShouldBe(ClusterEventKinds.MemberJoined);
        var waiting = rig.Cluster.Begin(() => rig.At(0).Cluster.EventsAsync(all.Last, 30, default));
        await rig.Cluster.PassAsync(TimeSpan.FromSeconds(2));
        waiting.IsCompleted.ShouldBeFalse();
        rig.Cluster.Kill(1);
        var next = (await rig.Cluster.WaitAsync(waiting)).Value!;
        (next.Events[0].Event, next.Events[0].Member, next.BeganAt).ShouldBe((ClusterEventKinds.MemberSilent, "m1", all.BeganAt));
        foreach (var (after, wait) in new[] { (-1L, 0), (0L, 31), (0L, -1) })
        {
            (await rig.RefusedAsync(0, one => one.Cluster.EventsAsync(after, wait, default))).Code.ShouldBe(ProblemCodes.InvalidRequest);
        }
    }

    [Fact]
    public async Task The_end_of_a_member_keeps_nobody_waiting()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        var waiting = rig.Cluster.Begin(() => rig.At(1).Cluster.EventsAsync(1, 30, default));
        await rig.Cluster.LeaveAsync(1);
        var last = (await rig.Cluster.WaitAsync(waiting)).Value!.Last;
        last = (await rig.GoodAsync(1, one => one.Cluster.EventsAsync(last, 0, default))).Last;
        var began = rig.Cluster.Clock.GetTimestamp();
        (await rig.GoodAsync(1, one => one.Cluster.EventsAsync(last, 30, default))).Events.ShouldBeEmpty();
        rig.Cluster.Clock.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Whoever_would_join_is_judged_before()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        var free = await rig.GoodAsync(0, one => one.Cluster.PlanJoinAsync(null, default));
        (free.Member, free.Cluster, free.LeaseMs, free.Members, free.Refusal).ShouldBe(("m2", "site", 3_000, 2, null));
        (await rig.GoodAsync(0, one => one.Cluster.PlanJoinAsync("other", default))).Refusal.ShouldBeNull();
        var taken = (await rig.GoodAsync(0, one => one.Cluster.PlanJoinAsync("m1", default))).Refusal.ShouldNotBeNull();
        taken.ShouldStartWith("A member \"m1\" is up at m1.site:6350.");
        (await rig.RefusedAsync(0, one => one.Cluster.PlanJoinAsync("a\nb", default))).Code.ShouldBe(ProblemCodes.InvalidRequest);
    }

    internal static void MakeOld(ClusterRig rig, int seenBy, string address) => rig.Cluster[seenBy].Wire.OnSend = request =>
    {
        if (request.RequestUri!.Authority == address && request.Content!.ReadAsByteArrayAsync().Result[1] > 3)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, "it has not done it: status 400");
        }
    };
}
