using Berth.Simulation.Cluster;
using Berth.Simulation.Faults;
using Berth.Simulation.Kernel;
using Berth.Simulation.Traffic;

namespace Berth.Simulation.Tests.Faults;

/// <summary>What faults do to the cluster, and that nothing of it stays.</summary>
public sealed class SceneTests
{
    private static readonly TimeSpan _begins = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _lasts = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _moment = TimeSpan.FromMilliseconds(1);

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void Nothing_is_left_of_a_storm_once_it_is_quiet(ulong seed)
    {
        using var run = new PlayedRun(seed, FaultProfile.Storm);
        run.Until(RunTimes.Quiet - TimeSpan.FromSeconds(400));
        run.Until(RunTimes.Quiet);
        ShouldBeCalm(run);
        foreach (var member in run.Stage.Cluster.Members)
        {
            Math.Abs(member.Process!.Clock.DriftPpm).ShouldBeLessThanOrEqualTo(run.Setup.Cluster.MostDriftPpm);
        }

        run.Until(RunTimes.Silence);
        run.Stage.Cluster.Members.ShouldAllBe(member => member.IsRunning && member.Running!.IsReady);
    }

    [Fact]
    public void What_lasts_when_it_becomes_quiet_is_ended()
    {
        var late = RunTimes.Quiet - _begins;
        using var run = Played(
            new MemberGone(late, RunTimes.End, "m1", Gone.Crashed),
            new MemberStill(late, RunTimes.End, "m2", WithClock: true),
            new MemberGone(late, RunTimes.End, "m3", Gone.Left),
            new DriftChanged(late, RunTimes.End, "m2", 1000, 1000),
            new StoreAway(late, RunTimes.End, null, StoreOutage.Hangs),
            new StoreAway(late, RunTimes.End, "m2", StoreOutage.Throws),
            new HeldForDead(late, RunTimes.End, "m2"),
            new StoreTrouble(late, RunTimes.End, "full", weather => weather.Refuses = 1),
            new LinkTrouble(late, RunTimes.End, ["m1"], ["m2"], "lost", link => link.Loss = 1),
            new LinkCut(late, RunTimes.End, ["m1"], ["m3"], BothWays: true));
        run.Until(RunTimes.Quiet);
        ShouldBeCalm(run);
        Math.Abs(run.Stage.Cluster.Named("m2")!.Process!.Clock.DriftPpm).ShouldBeLessThanOrEqualTo(200);
    }

    [Fact]
    public void A_member_that_is_gone_comes_back_when_its_fault_is_over()
    {
        foreach (var how in Enum.GetValues<Gone>())
        {
            using var run = Played(new MemberGone(TimeSpan.Zero, TimeSpan.FromSeconds(15), "m2", how, FeatureLevel: 3));
            run.Until(_begins - _moment);
            var before = run.Stage.Cluster.Named("m2")!.Process;
            run.Until(_begins + TimeSpan.FromSeconds(14));
            before!.IsDead.ShouldBeTrue($"{how}");
            run.Stage.Cluster.Named("m2")!.IsUp.ShouldBeFalse($"{how}");
            run.Until(_begins + TimeSpan.FromSeconds(15));
            run.Stage.Cluster.Named("m2")!.IsRunning.ShouldBeTrue($"{how}");
            run.Stage.Cluster.Named("m2")!.FeatureLevel.ShouldBe(3);
        }
    }

    [Fact]
    public void Faults_overlap_and_the_longer_one_goes_on()
    {
        using var run = Played(
            new StoreAway(TimeSpan.Zero, _lasts * 2, null, StoreOutage.Throws),
            new StoreAway(TimeSpan.Zero, _lasts, null, StoreOutage.Hangs),
            new MemberStill(TimeSpan.Zero, _lasts, "m1", WithClock: false),
            new MemberStill(_lasts / 2, _lasts, "m1", WithClock: false),
            new LinkTrouble(TimeSpan.Zero, _lasts, ["m1"], ["m2"], "lost", link => link.Loss = 0.5),
            new LinkTrouble(TimeSpan.Zero, _lasts * 2, ["m1"], ["m2"], "reset", link => link.ResetAfter = 0.5));
        var cluster = run.Stage.Cluster;
        run.Until(_begins + _lasts - _moment);
        (cluster.Network.Weather.On("m1", "m2") is { Loss: 0.5, ResetAfter: 0.5 }).ShouldBeTrue();
        run.Until(_begins + _lasts + _moment);
        cluster.Named("m1")!.IsRunning.ShouldBeFalse();
        (cluster.Network.Weather.On("m1", "m2") is { Loss: 0, ResetAfter: 0.5 }).ShouldBeTrue();
        run.Stage.Scene.IsCalm.ShouldBeFalse();
        run.Until(_begins + (_lasts * 2) + _moment);
        run.Stage.Scene.IsCalm.ShouldBeTrue();
        cluster.Network.Weather.On("m1", "m2").ShouldBeSameAs(cluster.Network.Weather.Everywhere);
    }

    [Fact]
    public void A_false_alarm_costs_a_live_member_its_shards()
    {
        using var run = Played(new HeldForDead(TimeSpan.Zero, TimeSpan.FromSeconds(3), "m2"));
        run.Until(_begins - _moment);
        var before = run.Stage.Cluster.Named("m2")!.Running!.Ownership.Self;
        run.Until(_begins + TimeSpan.FromSeconds(10));
        run.Stage.Cluster.Named("m2")!.Running!.Ownership.Self.Value.ShouldBeGreaterThan(before.Value);
    }

    [Fact]
    public void An_operator_marks_a_live_member_down()
    {
        using var run = Played(new OperatorMarksDown(TimeSpan.Zero, "m2"));
        run.Until(_begins - _moment);
        var before = run.Stage.Cluster.Named("m2")!.Running!.Ownership.Self;
        var marked = 0;
        var took = run.Stage.Cluster.Store.Took;
        run.Stage.Cluster.Store.Took = call =>
        {
            took!(call);
            marked += call.Operation is MarkDown { Member: var who } && who == before ? 1 : 0;
        };
        run.Until(_begins + TimeSpan.FromSeconds(10));
        marked.ShouldBe(1);
        run.Stage.Cluster.Named("m2")!.Running!.Ownership.Self.Value.ShouldBeGreaterThan(before.Value);
    }

    [Fact]
    public void An_ambush_strikes_the_new_owner()
    {
        using var run = Played(
            new Ambush(TimeSpan.Zero, TimeSpan.FromSeconds(30), OnTransfer: false, Strike.Crash, TimeSpan.Zero, TimeSpan.FromSeconds(5)),
            new OperatorMarksDown(_moment, "m2"));
        var crashed = new Changes();
        run.Stage.Cluster.Witness.Add(report => crashed.Watching(report));
        run.Until(_begins + TimeSpan.FromSeconds(30));
        run.Stage.Scene.Strikes.ShouldBe(1);
        crashed.Of.ShouldContain(MemberChange.Crashed);
    }

    [Fact]
    public void A_member_that_may_not_join_any_more_comes_back_with_a_newer_program()
    {
        using var run = Played(
            new MemberGone(TimeSpan.Zero, TimeSpan.FromSeconds(60), "m1", Gone.Left),
            new MemberGone(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15), "m2", Gone.Left, 2),
            new MemberGone(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(15), "m3", Gone.Left, 2));
        run.Until(_begins + TimeSpan.FromSeconds(70));
        run.Stage.Cluster.Named("m1")!.FeatureLevel.ShouldBe(2);
        run.Stage.Cluster.Members.ShouldAllBe(member => member.IsRunning && member.Running!.IsReady);
    }

    private static PlayedRun Played(params Trouble[] parts) => new(
        7, FaultProfile.None, change: setup => setup with
        {
            Cluster = setup.Cluster with { Members = 3 },
            Faults = setup.Faults with
            {
                Starts = [TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero],
                Faults = [new Fault(0, FaultKind.Crash, _begins, parts)],
            },
        });

    private static void ShouldBeCalm(PlayedRun run)
    {
        var (cluster, plain) = (run.Stage.Cluster, new StoreWeather());
        run.Stage.Scene.IsCalm.ShouldBeTrue(run.Setup.ToString());
        cluster.Members.ShouldAllBe(member => member.IsRunning);
        var now = cluster.Store.Weather;
        (now.Request, now.Answer, now.FailsBefore, now.FailsAfter, now.Refuses)
            .ShouldBe((plain.Request, plain.Answer, plain.FailsBefore, plain.FailsAfter, plain.Refuses));
        foreach (var from in cluster.Members.Select(member => member.Name).Concat(run.Setup.Traffic.Askers))
        {
            foreach (var to in cluster.Members.Select(member => member.Name))
            {
                cluster.Network.Weather.IsCut(from, to).ShouldBeFalse();
                cluster.Network.Weather.IsCut(to, from).ShouldBeFalse();
                (cluster.Network.Weather.On(from, to) is { Loss: 0, Duplication: 0, ResetBefore: 0, ResetAfter: 0, Delay.TailChance: 0 }).ShouldBeTrue();
            }
        }
    }

    /// <summary>What became of members.</summary>
    private sealed class Changes
    {
        public List<MemberChange> Of { get; } = [];

        public Simulation.Checks.Check Watching(Action<string> report) => new Watch(Of) { Violated = report };

        private sealed class Watch(List<MemberChange> of) : Simulation.Checks.Check
        {
            public override void OnMember(SimulatedMember member, MemberChange change) => of.Add(change);
        }
    }
}
