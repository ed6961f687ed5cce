using Berth.Deploy.Tests.Machine;
using Berth.Testing.Processes;

namespace Berth.Deploy.Tests.Systemd;

/// <summary>The unit's command, as far as a machine without systemd in charge can run it.</summary>
public sealed class UnitRunTests
{
    /// <summary>A user that nobody has made, as DynamicUser gives one.</summary>
    private const uint User = 61_184;

    [Fact]
    public async Task The_command_runs_as_nobody_s_user_on_a_read_only_root()
    {
        Tool.NeedsRoot();
        var unit = new UnitFile("eng/systemd/berth.service");
        using var supervisor = NotifySocket.Abstract();
        var environment = unit.Environment("/nowhere");
        environment["NOTIFY_SOCKET"] = supervisor.Name;
        environment["WATCHDOG_USEC"] = "900000";
        environment["BERTH_EDGE_PORT"] = "0";
        environment["BERTH_BIND"] = "127.0.0.1";
        environment["BERTH_MANAGEMENT_PORT"] = "0";
        await using var berth = ReadOnlyMachine.Start(
            User, [environment["STATE_DIRECTORY"], environment["RUNTIME_DIRECTORY"], "/tmp"], [], environment, unit["ExecStart"].Split(' ')[1..]);
        string ready;
        try
        {
            ready = await supervisor.WaitForAsync("READY=1");
        }
        catch (InvalidOperationException silent)
        {
            throw new InvalidOperationException($"{silent.Message}\n{berth.Out}\n{berth.Error}", silent);
        }

        await supervisor.WaitForAsync("WATCHDOG=1");
        berth.Status("Uid").ShouldBe(string.Join('\t', Enumerable.Repeat(User, 4)));
        (berth.Status("CapBnd"), berth.Status("CapEff"), berth.Status("NoNewPrivs")).ShouldBe((new string('0', 16), new string('0', 16), "1"));
        var port = int.Parse(ready[(ready.IndexOf("edge ", StringComparison.Ordinal) + "edge ".Length)..]);
        using var site = new Site();
        var licenses = site.Issue(null, 1, 1).Single();
        var socket = berth.Outside("/var/lib/berth/berth.sqlite.sock");
        var added = await site.RunAsync(["add", licenses, "--public-key", site.PublicKey, "--socket", socket]);
        added.ExitCode.ShouldBe(0, added.Error);
        using var nodes = new NodeCalls(new Uri($"http://127.0.0.1:{port}/"));
        (await nodes.PutAsync("node-1")).Status.ShouldBe(201);
        File.GetUnixFileMode(berth.Outside("/var/lib/berth/berth.sqlite")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await berth.StopAsync()).ShouldBe(0);
        await supervisor.WaitForAsync("STOPPING=1");
        berth.Out.Count("problem").ShouldBe(0, berth.Out.ToString());
        berth.Error.ToString().ShouldBeEmpty();
    }
}
