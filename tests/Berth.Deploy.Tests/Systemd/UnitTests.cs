using Berth.Cli;
using Berth.Deploy.Tests.Machine;
using Berth.Deploy.Tests.Product;
using Berth.Runtime.Ownership;
using Berth.Server;
using Berth.Testing.Processes;

namespace Berth.Deploy.Tests.Systemd;

/// <summary>The unit says what the program can do, and systemd takes it.</summary>
public sealed class UnitTests : IDisposable
{
    private const string Unit = "eng/systemd/berth.service";
    private const string Cluster = "eng/systemd/cluster.conf";
    private const string Settings = "eng/systemd/berth.env";

    /// <summary>The exposure that systemd computes, times ten: at most 1.5 of 10.</summary>
    private const string WorstExposure = "15";

    /// <summary>What the runtime needs while it ends, beyond what is bounded one by one.</summary>
    private static readonly TimeSpan _slack = TimeSpan.FromSeconds(20);

    private readonly TestFolder _folder = new();
    private readonly UnitFile _unit = new(Unit);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_command_starts_a_member_with_the_unit_s_variables()
    {
        var words = _unit["ExecStart"].Split(' ');
        words[0].ShouldBe("/usr/bin/berth");
        var environment = _unit.Environment("/nowhere");
        ServeArguments.Unknown(environment.Keys).ShouldBeEmpty();
        var options = ServeArguments.Read(words[1..], environment);
        options.Store.ShouldBe($"sqlite:/var/lib/{_unit["StateDirectory"]}/berth.sqlite");
        options.ManagementPort!.Bind.ToString().ShouldBe("127.0.0.1");
    }

    [Fact]
    public void The_cluster_s_variables_start_one_of_several_members()
    {
        var unit = new UnitFile(Unit, Cluster);
        foreach (var id in unit.All("LoadCredential").Select(value => value.Split(':')[0]))
        {
            File.WriteAllText(_folder.File(id), "0123456789abcdef0123456789abcdef\n");
        }

        var environment = unit.Environment(_folder.Path);
        ServeArguments.Unknown(environment.Keys).ShouldBeEmpty();
        var options = ServeArguments.Read(["serve"], environment);
        options.Cluster!.Advertise.ShouldBe("host-1:6350");
        options.KeyFile!.ShouldStartWith("/var/lib/berth/");
        options.Socket!.ShouldStartWith("/run/berth/");
        File.Exists(options.ManagementPort!.TokensFile).ShouldBeTrue();
        environment.Values.Where(value => value.StartsWith(_folder.Path, StringComparison.Ordinal)).ShouldAllBe(path => File.Exists(path));
    }

    [Fact]
    public void The_default_settings_are_the_program_s_when_they_are_taken_in()
    {
        var lines = Repository.Read(Settings).Split('\n');
        lines.ShouldAllBe(line => line.Length == 0 || line[0] == '#');
        var shown = lines.Where(line => line.StartsWith("#BERTH_", StringComparison.Ordinal)).Select(line => line[1..].Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        shown.Count.ShouldBeGreaterThan(4);
        ServeArguments.Unknown(shown.Keys).ShouldBeEmpty();
        var options = ServeArguments.Read(["serve"], shown);
        var defaults = new MemberOptions { Store = string.Empty };
        (options.EdgePort, options.Bind).ShouldBe((defaults.EdgePort, defaults.Bind));
        options.Store.ShouldBe(ServeArguments.Read(["serve"], _unit.Environment("/nowhere")).Store);
    }

    [Fact]
    public void Times_and_limits_fit_the_program_s()
    {
        var ownership = new OwnershipOptions();
        _unit.Time("TimeoutStopSec").ShouldBeGreaterThan((ownership.LeaveLimit * 2) + ownership.DrainLimit + _slack);
        _unit.Time("WatchdogSec").ShouldBeGreaterThan(TimeSpan.FromSeconds(30));
        int.Parse(_unit["LimitNOFILE"]).ShouldBeGreaterThan(2 * new MemberOptions { Store = string.Empty }.MaxConnections);
        _unit["RestartPreventExitStatus"].ShouldBe($"{(int)ExitCode.Usage} {(int)ExitCode.Refused}");
        (_unit["Type"], _unit["DynamicUser"], _unit["ProtectSystem"], _unit["Restart"]).ShouldBe(("notify", "yes", "strict", "on-failure"));
    }

    [Fact]
    public async Task Systemd_takes_the_unit_and_finds_it_little_exposed()
    {
        var analyze = Tool.Needed("systemd-analyze");
        var copy = _folder.File("berth.service");
        File.WriteAllText(copy, Repository.Read(Unit).Replace("/usr/bin/berth", BerthProcess.Program, StringComparison.Ordinal));
        Directory.CreateDirectory(copy + ".d");
        var verified = await BerthProcess.RunAsync(analyze, _folder.Path, ["verify", copy]);
        (verified.ExitCode, Complaints(verified)).ShouldBe((0, string.Empty));
        File.Copy(Repository.File(Cluster), Path.Combine(copy + ".d", "cluster.conf"));
        verified = await BerthProcess.RunAsync(analyze, _folder.Path, ["verify", copy]);
        (verified.ExitCode, Complaints(verified)).ShouldBe((0, string.Empty));
        var exposure = await BerthProcess.RunAsync(analyze, _folder.Path, ["security", "--offline=yes", "--no-pager", "--threshold=" + WorstExposure, copy]);
        exposure.ExitCode.ShouldBe(0, exposure.Out);
    }

    /// <summary>The machine's own units may have faults too.</summary>
    private static string Complaints(ProcessEnd verified) => string.Join('\n', (verified.Out + verified.Error).Split('\n').Where(line => line.Contains("berth", StringComparison.Ordinal)));
}
