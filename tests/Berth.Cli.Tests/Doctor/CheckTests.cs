using Berth.Cli.Doctor;
using Berth.Protocol;
using Berth.Storage;

namespace Berth.Cli.Tests.Doctor;

/// <summary>Each check, shown failing, and all of them good where nothing is wrong.</summary>
public sealed class CheckTests
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Open = Private | UnixFileMode.GroupWrite | UnixFileMode.OtherRead;

    private static readonly DateTimeOffset _now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly StoreProbe _store = new()
    {
        Path = "/d/x.sqlite",
        Exists = true,
        Condition = new StoreCondition { Bytes = 1 << 20 },
        Mode = Private,
        Owner = 7,
        User = 7,
        FolderWritable = true,
        FileSystem = "ext4",
    };

    private static readonly MemberProbe _member = new() { Holder = 12, Answers = true, ServedPort = 6349, EdgePort = 6349, Edge = PortState.Berth };

    private static readonly SecurityProbe _secure = new()
    {
        Key = new("/d/x.key", Private),
        Config = new("/d/c.yaml", Private),
        SecretFiles = [new("/d/s", Private)],
        Bind = "127.0.0.1",
        Signs = true,
        EnforcesExpiry = true,
    };

    private static readonly DiskProbe _disk =
        new(100L << 30, 1 << 20, new StoreHistory(10_000, 1 << 20, 1_000, 1_000 + 86_400_000), null);

    [Fact]
    public void Nothing_is_reported_where_nothing_is_wrong()
    {
        Finding[] all =
        [
            .. StoreChecks.Of(_store), .. MemberChecks.Of(_member), .. Pools(Pool(seats: 2, free: 1), _now.AddDays(31)),
            .. ClockChecks.Of(new ClockProbe(_now, _now.ToUnixTimeMilliseconds(), TimeSpan.Zero, true)),
            .. SecurityChecks.Of(_secure), .. DiskChecks.Of(_disk), .. HostChecks.Of(new HostProbe(true, 100_000, 16_384, null)),
        ];
        all.ShouldAllBe(finding => finding.Grade == Grade.Ok && finding.Remedy == null);
        all.Select(finding => finding.Name).Order().ShouldBe(CheckNames.All.Except([CheckNames.Settings, CheckNames.Cluster, CheckNames.Addresses]).Order());
    }

    public static TheoryData<string, string, string> Stores => new()
    {
        { "gone", "warn", "database" },
        { "refused", "fail", "database" },
        { "flaw", "fail", "integrity" },
        { "log", "warn", "database-size" },
        { "open", "warn", "database-rights" },
        { "foreign", "fail", "database-rights" },
        { "folder", "fail", "folder" },
        { "nfs", "fail", "file-system" },
        { "tmpfs", "warn", "file-system" },
        { "copy", "fail", "restored-copy" },
    };

    [Theory]
    [MemberData(nameof(Stores))]
    public void A_store_with_a_fault_is_reported(string fault, string grade, string name) => Reported(grade, name, StoreChecks.Of(fault switch
    {
        "gone" => _store with { Exists = false },
        "refused" => _store with { Condition = new StoreCondition { Refused = "not a SQLite database" } },
        "flaw" => _store with { Condition = new StoreCondition { Flaw = "row missing" } },
        "log" => _store with { Condition = new StoreCondition { LogBytes = 1L << 30 } },
        "open" => _store with { Mode = Open },
        "foreign" => _store with { Owner = 8 },
        "folder" => _store with { FolderWritable = false },
        "nfs" => _store with { FileSystem = "nfs4" },
        "tmpfs" => _store with { FileSystem = "tmpfs" },
        _ => _store with { Condition = new StoreCondition { Withheld = "a backup" } },
    }));

    [Fact]
    public void A_member_that_does_not_answer_and_ports_of_others_are_reported()
    {
        Reported("warn", CheckNames.Member, MemberChecks.Of(_member with { Answers = false, Edge = PortState.Free }));
        Reported("fail", CheckNames.EdgePort, MemberChecks.Of(_member with { Edge = PortState.Free }));
        Reported("fail", CheckNames.EdgePort, MemberChecks.Of(_member with { Edge = PortState.Other }));
        Reported("warn", CheckNames.EdgePort, MemberChecks.Of(_member with { Holder = null, Answers = false }));
        MemberChecks.Of(_member with { Holder = null, Answers = false, Edge = PortState.Free }).ShouldAllBe(finding => finding.Grade == Grade.Ok);
    }

    [Theory]
    [InlineData(-1, "past their end")]
    [InlineData(0.5, "within 1 day:")]
    [InlineData(6, "within 7 days")]
    [InlineData(13, "within 14 days")]
    [InlineData(29, "within 30 days")]
    public void Licenses_that_end_soon_are_reported(double days, string text) =>
        Reported("warn", CheckNames.Licenses, Pools(Pool(2, 1), _now.AddDays(days))).Text.ShouldContain(text);

    [Fact]
    public void Full_pools_and_pools_that_cannot_be_asked_are_reported()
    {
        Reported("warn", CheckNames.Pools, Pools(Pool(seats: 2, free: 0), null)).Text.ShouldContain("full: p");
        Reported("fail", CheckNames.Pools, PoolChecks.Of(new PoolProbe([], [], "no"), _now));
    }

    [Fact]
    public void Clocks_that_are_wrong_are_reported()
    {
        var now = _now.ToUnixTimeMilliseconds();
        Reported("fail", CheckNames.Clock, ClockChecks.Of(new ClockProbe(DateTimeOffset.UnixEpoch, 0, TimeSpan.Zero, true)));
        Reported("fail", CheckNames.Clock, ClockChecks.Of(new ClockProbe(_now, now + 60_000, TimeSpan.Zero, true)));
        Reported("warn", CheckNames.ClockSteps, ClockChecks.Of(new ClockProbe(_now, now, TimeSpan.FromSeconds(-1), true)));
        Reported("warn", CheckNames.ClockSync, ClockChecks.Of(new ClockProbe(_now, now, TimeSpan.Zero, false)));
    }

    [Fact]
    public void What_is_insecure_is_reported()
    {
        Reported("fail", CheckNames.SigningKey, SecurityChecks.Of(_secure with { Key = new("k", Open) }));
        Reported("fail", CheckNames.ConfigRights, SecurityChecks.Of(_secure with { Config = new("c", Open) }));
        Reported("fail", CheckNames.Secrets, SecurityChecks.Of(_secure with { SecretFiles = [new("/d/s", Private), new("s", Open)] }));
        Reported("warn", CheckNames.Secrets, SecurityChecks.Of(_secure with { SecretShown = "the command line" }));
        Reported("warn", CheckNames.Exposure, SecurityChecks.Of(_secure with { Bind = "0.0.0.0" }));
        Reported("warn", CheckNames.Signatures, SecurityChecks.Of(_secure with { Signs = false }));
        Reported("warn", CheckNames.Expiry, SecurityChecks.Of(_secure with { EnforcesExpiry = false }));
        SecurityChecks.Of(_secure with { Bind = "0.0.0.0", HasTls = true }).ShouldAllBe(finding => finding.Grade == Grade.Ok);
    }

    [Theory]
    [InlineData(10L << 20, "fail", "disk")]
    [InlineData(500L << 20, "warn", "disk")]
    public void A_disk_with_little_room_is_reported(long free, string grade, string name) =>
        Reported(grade, name, DiskChecks.Of(_disk with { FreeBytes = free, History = null }));

    [Fact]
    public void A_disk_that_fills_up_is_reported_with_the_day()
    {
        var history = new StoreHistory(1_000_000, 10L << 30, 0, 86_400_000);
        Reported("warn", CheckNames.Growth, DiskChecks.Of(_disk with { History = history })).Text.ShouldBe("10.0 GiB a day: the disk is full in 10 days");
        Reported("fail", CheckNames.Growth, DiskChecks.Of(_disk with { History = history, FreeBytes = 15L << 30 }));
        DiskForecast.Of(_disk with { History = history, CapBytes = 20L << 30 }).ShouldNotBeNull().Days.ShouldBeNull();
        DiskForecast.Of(_disk with { History = history, CapBytes = 200L << 30 }).ShouldNotBeNull().Days.ShouldBe(10);
        DiskForecast.Of(_disk with { History = history, KeptDays = 5 }).ShouldNotBeNull().Days.ShouldBeNull();
        DiskForecast.Of(_disk with { History = history, KeptDays = 400 }).ShouldNotBeNull().Days.ShouldBe(10);
        DiskForecast.Of(_disk with { History = history with { Events = 10 } }).ShouldBeNull();
    }

    [Fact]
    public void A_machine_that_lacks_something_is_reported()
    {
        Reported("fail", CheckNames.OpenSsl, HostChecks.Of(new HostProbe(false, null, 1, null)));
        Reported("warn", CheckNames.FileHandles, HostChecks.Of(new HostProbe(true, 1_024, 16_384, null)));
        Reported("warn", CheckNames.Memory, HostChecks.Of(new HostProbe(true, null, 1, 64L << 20)));
    }

    [Fact]
    public void The_file_system_is_that_of_the_longest_mount_point() => Surroundings.FileSystemOf(
        "/data/a b/x",
        ["/dev/a / ext4 rw 0 0", "srv:/x /data nfs4 rw 0 0", "/dev/b /data/a\\040b xfs rw 0 0", "none /data/a tmpfs rw 0 0"]).ShouldBe("xfs");

    [Fact]
    public void A_finding_is_one_line() =>
        Finding.Warn("disk", "1 B free", "free some").ToString().ShouldBe("warn disk: 1 B free — free some");

    private static Finding Reported(string grade, string name, IEnumerable<Finding> findings)
    {
        var bad = findings.Where(finding => finding.Grade != Grade.Ok).ToList().ShouldHaveSingleItem();
        (bad.Grade.ToString().ToLowerInvariant(), bad.Name).ShouldBe((grade, name));
        bad.Remedy.ShouldNotBeNullOrEmpty();
        return bad;
    }

    private static PoolEntry Pool(int seats, long free) => new("p", 1, seats, seats - (int)free, free, PolicyParts.None, PolicyParts.None);

    private static IEnumerable<Finding> Pools(PoolEntry pool, DateTimeOffset? ends) => PoolChecks.Of(
        new PoolProbe([pool], [new LicenseEntry("id", "p", 2, 1, 1, 1, _now, null, null, ends, false, [])], null), _now);
}
