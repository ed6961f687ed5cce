using Berth.Pools;
using Berth.Protocol;
using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;
using Berth.Runtime.Pools;
using Berth.Server.Management;
using Berth.Testing.Cluster;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Server.Tests.Management;

/// <summary>The cluster as operators see it through one of its members, and what they may do to it.</summary>
public sealed class ClusterCommandsTests
{
    private static readonly DownMemberRequest _down = new(Force: false);
    private static readonly DownMemberRequest _force = new(Force: true);

    [Fact]
    public async Task Members_and_shards_are_shown()
    {
        await using var rig = await ClusterRig.StartAsync(3);
        var seen = await rig.GoodAsync(1, one => one.Cluster.ShowAsync(default));
        (seen.Name, seen.Self, seen.FromStore, seen.FeatureLevel).ShouldBe(("site", "m1", true, 1));
        seen.Members.Select(member => (member.Name, member.Address, member.State, member.Seen)).ShouldBe(
        [
            ("m0", "m0.site:6350", MemberStates.Up, MemberSights.Alive),
            ("m1", "m1.site:6350", MemberStates.Up, MemberSights.Self),
            ("m2", "m2.site:6350", MemberStates.Up, MemberSights.Alive),
        ]);
        seen.Members.ShouldAllBe(member => member.LeaseMs == 3_000 && member.Counter > 0 && member.Shards > 0);
        seen.Members.Sum(member => member.Shards).ShouldBe(Shards.Count);
        seen.Shards.ShouldBe(new ShardTotals(Shards.Count, Shards.Count, 0));
    }

    [Fact]
    public async Task A_silent_member_is_shown_and_marked_down()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        DontTake(rig, 0);
        rig.Cluster.Kill(1);
        (await SeenAsync(rig)).ShouldBe(MemberSights.Alive);
        await rig.Cluster.PassAsync(TimeSpan.FromSeconds(4));
        (await SeenAsync(rig)).ShouldBe(MemberSights.Silent);
        var cluster = await rig.GoodAsync(0, one => one.Cluster.ShowAsync(default));
        cluster.Shards.Orphans.ShouldBe(cluster.Members[1].Shards);
        var down = await rig.GoodAsync(0, one => one.Cluster.DownAsync("m1", _down, default));
        (down.Name, down.Address, down.Shards, down.Before).ShouldBe(("m1", "m1.site:6350", cluster.Members[1].Shards, false));
        rig.Log.Count("m1 at m1.site:6350").ShouldBe(1);
        rig.Log.Count("marked down by operator").ShouldBe(1);
        (await rig.GoodAsync(0, one => one.Cluster.DownAsync("m1", _down, default))).Before.ShouldBeTrue();
        rig.Cluster[0].Table.OnCall = null;
        await rig.Cluster.UntilAsync(rig.Cluster.IsBalanced);
        (await rig.GoodAsync(0, one => one.Cluster.ShowAsync(default))).Members[1].State.ShouldBe(MemberStates.Down);
    }

    [Fact]
    public async Task Whoever_marks_a_member_down_that_has_just_died_is_kept_until_it_is_known()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        DontTake(rig, 0);
        rig.Cluster.Kill(1);
        (await SeenAsync(rig)).ShouldBe(MemberSights.Alive);
        (await rig.GoodAsync(0, one => one.Cluster.DownAsync("m1", _down, default))).Before.ShouldBeFalse();
        rig.Cluster[0].Table.OnCall = null;
    }

    [Fact]
    public async Task Whoever_the_others_find_dead_meanwhile_had_ended_already()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        DontTake(rig, 0);
        var life = rig.Cluster[1].Self;
        rig.Cluster.Kill(1);
        var asked = rig.Cluster.Begin(() => rig.At(0).Cluster.DownAsync("m1", _down, default));
        await rig.Cluster.WaitAsync(rig.Cluster.Begin(() => rig.Cluster.Table.DownAsync(life, default)));
        (await rig.Cluster.WaitAsync(asked)).Value!.Before.ShouldBeTrue();
        rig.Cluster[0].Table.Count(TableCall.Down).ShouldBe(0);
        rig.Cluster[0].Table.OnCall = null;
    }

    [Fact]
    public async Task A_dead_members_name_is_free_at_another_address()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        DontTake(rig, 0);
        rig.Cluster.Kill(1);
        await rig.GoodAsync(0, one => one.Cluster.DownAsync("m1", _force, default));
        var other = rig.Cluster.Add(card => card with { Name = "m1", Address = "elsewhere.site:6350" });
        await rig.Cluster.UntilAsync(() => other.Self.Value != 0);
        var cluster = await rig.GoodAsync(0, one => one.Cluster.ShowAsync(default));
        cluster.Members.Where(member => member.Name == "m1").Select(member => (member.Address, member.State)).ShouldBe(
            [("elsewhere.site:6350", MemberStates.Up)], "what is over and owns nothing is only in the way");
        rig.Cluster[0].Table.OnCall = null;
    }

    [Fact]
    public async Task A_member_that_lives_is_left_alone_unless_it_must_be()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        var alive = await rig.RefusedAsync(0, one => one.Cluster.DownAsync("m1", _down, default));
        alive.Code.ShouldBe(ProblemCodes.MemberAlive);
        alive.Detail.ShouldContain("m1 at m1.site:6350 has just renewed its lease of 3 s");
        (await rig.RefusedAsync(0, one => one.Cluster.DownAsync("m0", _force, default))).Code.ShouldBe(ProblemCodes.MemberAlive);
        (await rig.RefusedAsync(0, one => one.Cluster.DownAsync("m7", _force, default))).Code.ShouldBe(ProblemCodes.MemberNotFound);
        rig.Cluster[0].Table.Count(TableCall.Down).ShouldBe(0);
        var life = rig.Cluster[1].Self;
        (await rig.GoodAsync(0, one => one.Cluster.DownAsync("m1", _force, default))).Incarnation.ShouldBe(life.Value);

        // The process lives all the same, and joins again as somebody new.
        await rig.Cluster.UntilAsync(() => rig.Cluster[1].Self.Value > life.Value);
    }

    [Fact]
    public async Task A_member_that_was_cut_off_itself_knows_of_no_death()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        rig.Cluster[0].CutStore();
        var seen = await rig.GoodAsync(0, one => one.Cluster.ShowAsync(default));
        (seen.FromStore, seen.Members.Count, seen.Self).ShouldBe((false, 2, "m0"));
        (await rig.RefusedAsync(0, one => one.Cluster.DownAsync("m1", _force, default))).Code.ShouldBe(ProblemCodes.Unavailable);
        rig.Cluster[0].Heal();
    }

    [Fact]
    public async Task An_answer_that_is_lost_is_an_outcome_that_nobody_knows()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        rig.Cluster[0].Table.LoseAnswer(TableCall.Down);
        (await rig.RefusedAsync(0, one => one.Cluster.DownAsync("m1", _force, default))).Code.ShouldBe(ProblemCodes.OutcomeUnknown);
    }

    [Fact]
    public async Task A_member_is_asked_to_leave()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        var leaving = await rig.GoodAsync(1, one => one.Cluster.LeaveAsync(default));
        (leaving.Name, leaving.Shards > 0).ShouldBe(("m1", true));
        rig.Left.ShouldBe([1]);
    }

    [Fact]
    public async Task Without_a_member_the_store_says_what_it_knows()
    {
        await using var rig = await ClusterRig.StartAsync(2);
        var steering = new ClusterSteering("site", rig.Cluster.Table, rig.Cluster.Clock, NullLogger.Instance);
        using var pools = new PoolHost(new MemoryJournal(), new Epoch(1), rig.Cluster.Clock, new PoolHostOptions(), NullLogger.Instance);
        var reader = new Administration(pools, rig.Cluster.Journal, rig.Cluster.Clock, () => null!, Who.Nobody) { Steering = steering };
        var seen = (await reader.Cluster.ShowAsync(default)).Value!;
        (seen.Self, seen.Members.All(member => member.Seen is null), seen.Shards.Served).ShouldBe((null, true, Shards.Count));
        (await reader.Cluster.LeaveAsync(default)).Problem!.Code.ShouldBe(ProblemCodes.Unavailable);
        (await reader.Cluster.DownAsync("m1", _down, default)).Problem!.Code.ShouldBe(ProblemCodes.MemberAlive);
    }

    [Fact]
    public async Task The_only_member_is_no_cluster()
    {
        using var pools = new PoolHost(new MemoryJournal(), new Epoch(1), TimeProvider.System, new PoolHostOptions(), NullLogger.Instance);
        var alone = new Administration(pools, new MemoryJournal(), TimeProvider.System, () => null!, Who.Nobody).Cluster;
        (await alone.ShowAsync(default)).Problem!.Code.ShouldBe(ProblemCodes.NotClustered);
        (await alone.DownAsync("m", _force, default)).Problem!.Code.ShouldBe(ProblemCodes.NotClustered);
        (await alone.LeaveAsync(default)).Problem!.Code.ShouldBe(ProblemCodes.NotClustered);
    }

    /// <summary>What a member finds dead it does not take: so it stays to be seen.</summary>
    private static void DontTake(ClusterRig rig, int node) => rig.Cluster[node].Table.OnCall = call =>
    {
        if (call is TableCall.Acquire)
        {
            throw new IOException("not now");
        }
    };

    private static async Task<string?> SeenAsync(ClusterRig rig) =>
        (await rig.GoodAsync(0, one => one.Cluster.ShowAsync(default))).Members.Single(member => member.Name == "m1").Seen;
}
