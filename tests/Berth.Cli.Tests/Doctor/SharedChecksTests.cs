using Berth.Cli.Doctor;
using Berth.Protocol;

namespace Berth.Cli.Tests.Doctor;

/// <summary>What the doctor says of a store that members share, and of the members.</summary>
public sealed class SharedChecksTests
{
    private static readonly MemberEntry _up = new("m1", "a:1", MemberStates.Up, 1, 1, 3_000, 128, 0, MemberSights.Alive);

    private static readonly SharedProbe _good = new()
    {
        Store = "postgres://u@h/d", Socket = "s", Answers = true, Took = TimeSpan.FromMilliseconds(20), Cluster = Of(0, _up, _up with { Name = "m2" }),
    };

    [Fact]
    public void Nothing_is_reported_where_nothing_is_wrong()
    {
        SharedChecks.Of(_good).ShouldAllBe(finding => finding.Grade == Grade.Ok && finding.Remedy == null);
        SharedChecks.Of(_good).Select(finding => finding.Name).ShouldBe([CheckNames.Database, CheckNames.Member, CheckNames.Cluster, CheckNames.Addresses]);
    }

    [Fact]
    public void What_is_wrong_is_reported()
    {
        Grades(_good with { Refused = "no", Cluster = null }).ShouldBe([Grade.Fail, Grade.Ok, Grade.Ok]);
        Grades(_good with { Took = TimeSpan.FromSeconds(2) })[0].ShouldBe(Grade.Warn);
        Cluster(0).ShouldStartWith("no member is up");
        Cluster(0, _up).ShouldStartWith("one member is up");
        Cluster(0, _up, _up with { Name = "m2", State = MemberStates.Down, Seen = null }).ShouldStartWith("one member is up");
        Cluster(0, _up, _up with { Name = "m2", Seen = MemberSights.Silent }).ShouldBe("silent: m2");
        Cluster(7, _up, _up with { Name = "m2" }).ShouldBe("7 of 256 shards wait for an owner");
    }

    [Fact]
    public void Names_of_members_that_are_not_known_here_are_reported()
    {
        var finding = SharedChecks.Of(_good with { Lost = ["m2 at berth-2:6350", "--advertise at berth-1:6350"] }).Last();
        (finding.Grade, finding.Name).ShouldBe((Grade.Warn, CheckNames.Addresses));
        finding.Text.ShouldEndWith("m2 at berth-2:6350, --advertise at berth-1:6350");
    }

    private static List<Grade> Grades(SharedProbe probe) => [.. SharedChecks.Of(probe).Select(finding => finding.Grade)];

    private static string Cluster(int orphans, params MemberEntry[] members)
    {
        var finding = SharedChecks.Of(_good with { Cluster = Of(orphans, members) }).Single(one => one.Name == CheckNames.Cluster);
        finding.Grade.ShouldBe(Grade.Warn);
        return finding.Text;
    }

    private static ClusterState Of(int orphans, params MemberEntry[] members) =>
        new("berth", null, true, 1, members, new ShardTotals(256, 256 - orphans, orphans));
}
