using Berth.Chaos.Checks;
using Berth.Chaos.History;
using Berth.Chaos.Nodes;
using Berth.Chaos.Report;

namespace Berth.Chaos.Tests.Report;

/// <summary>The last line, and what is good enough.</summary>
public sealed class TallyTests
{
    [Fact]
    public void The_last_line_says_everything()
    {
        var tally = new Tally { Operations = 12 };
        tally.Add(Killed(300));
        tally.Add(Killed(500));
        tally.Add(Killed(900));
        tally.Add(Silent(3_500));
        tally.Add(Planned(new Errand(IsHeartbeat: false, TimeSpan.Zero, TimeSpan.FromMilliseconds(150), Told.Granted("n1", 0), 1)));
        tally.Add([new Violation(ViolationKind.Leaked, TimeSpan.Zero, "x", 3)]);
        tally.ToString().ShouldBe(
            "faults=5 ops=12 lost=0 oversold=0 leaked=3 failover_kill_p50_ms=500 failover_kill_max_ms=900 failover_silent_max_ms=3500 planned_refused=0 planned_max_ms=150");
        tally.Missed().ShouldBeEmpty();
    }

    [Fact]
    public void What_was_not_measured_is_a_dash() => new Tally().ToString().ShouldBe(
        "faults=0 ops=0 lost=0 oversold=0 leaked=0 failover_kill_p50_ms=- failover_kill_max_ms=- failover_silent_max_ms=- planned_refused=0 planned_max_ms=-");

    [Fact]
    public void Each_missed_floor_is_named()
    {
        Missed(Killed(1_001)).ShouldContain("killed");
        Missed(Silent(4_001)).ShouldContain("silent");
        Missed(Planned(new Errand(IsHeartbeat: false, TimeSpan.Zero, TimeSpan.FromMilliseconds(2_001), Told.Granted("n1", 0), 1))).ShouldContain("2001");
        Missed(Planned(new Errand(IsHeartbeat: true, TimeSpan.Zero, TimeSpan.Zero, Told.Denied("n1", 0), 3))).ShouldContain("refused");
    }

    [Fact]
    public void The_slowest_pool_through_the_slowest_member_counts()
    {
        var report = new FaultReport("x");
        report.Killed([new("p1", "m1", Ms(100)), new("p1", "m2", Ms(700)), new("p2", "m1", Ms(300))], TimeSpan.Zero);
        report.Kill.ShouldBe(Ms(700));
    }

    [Fact]
    public void A_pool_that_is_never_served_is_a_violation()
    {
        var report = new FaultReport("x");
        report.Killed([new("p1", "m1", Ms(100)), new("p2", "m1", TimeSpan.MaxValue)], TimeSpan.Zero);
        report.Kill.ShouldBeNull();
        report.Violations.ShouldHaveSingleItem().What.ShouldContain("p2");
    }

    [Theory]
    [InlineData(true, 410, true)]
    [InlineData(false, 410, false)]
    [InlineData(false, 503, true)]
    [InlineData(true, 503, true)]
    public void That_no_seat_is_free_is_an_answer_to_who_holds_none(bool heartbeat, int status, bool refused) =>
        new Errand(heartbeat, TimeSpan.Zero, TimeSpan.Zero, Told.Denied("n1", 0, status), 1).WasRefused.ShouldBe(refused);

    private static string Missed(FaultReport report)
    {
        var tally = new Tally();
        tally.Add(report);
        return tally.Missed().ShouldHaveSingleItem();
    }

    private static FaultReport Killed(double ms)
    {
        var report = new FaultReport("kill");
        report.Killed([new Recovery("p", "m", Ms(ms))], TimeSpan.Zero);
        return report;
    }

    private static FaultReport Silent(double ms)
    {
        var report = new FaultReport("silent");
        report.FellSilent([new Recovery("p", "m", Ms(ms))], TimeSpan.Zero);
        return report;
    }

    private static FaultReport Planned(Errand errand)
    {
        var report = new FaultReport("planned");
        report.Planned([errand]);
        return report;
    }

    private static TimeSpan Ms(double ms) => TimeSpan.FromMilliseconds(ms);
}
