using System.Net;
using System.Net.Sockets;
using Berth.Server.Lifetime;
using Berth.Testing;
using Berth.Testing.Processes;

namespace Berth.Server.Tests.Lifetime;

/// <summary>What a supervisor hears of a member, from its start to its end.</summary>
public sealed class SupervisionTests : IDisposable
{
    private static readonly TimeSpan _step = TimeSpan.FromSeconds(5);

    private readonly NotifySocket _supervisor = NotifySocket.Abstract();
    private readonly FakeClock _clock = new();
    private readonly Dictionary<string, string> _environment = [];

    public SupervisionTests() => _environment["NOTIFY_SOCKET"] = _supervisor.Name;

    public void Dispose() => _supervisor.Dispose();

    [Fact]
    public async Task Ready_is_said_only_once_it_has_joined_and_more_time_is_asked_for_until_then()
    {
        var state = new SupervisedState(HasJoined: false, "edge 6349");
        await using var supervision = Begin();
        (await HearAsync("STATUS=starting")).ShouldContain("EXTEND_TIMEOUT_USEC=30000000");
        supervision.Serves("127.0.0.1", 1, () => Volatile.Read(ref state));
        (await HearAsync("STATUS=joining: edge 6349")).ShouldContain("EXTEND_TIMEOUT_USEC=30000000");
        await HearAsync("EXTEND_TIMEOUT_USEC");
        _supervisor.Heard.ShouldNotContain(said => said.Contains("READY=1"));
        Volatile.Write(ref state, new SupervisedState(HasJoined: true, "edge 6349, 85 shards"));
        (await HearAsync("READY=1")).ShouldContain("STATUS=edge 6349, 85 shards");
    }

    [Fact]
    public async Task More_time_is_asked_for_until_everything_is_closed()
    {
        await using (var supervision = Begin())
        {
            supervision.Stops();
            supervision.Stops();
            (await HearAsync("STOPPING=1")).ShouldContain("EXTEND_TIMEOUT_USEC=30000000");
            await HearAsync("EXTEND_TIMEOUT_USEC");
            await HearAsync("EXTEND_TIMEOUT_USEC");
        }

        _supervisor.Heard.ShouldNotContain(said => said.Contains("READY=1"));
    }

    [Fact]
    public async Task An_edge_that_does_not_react_gives_no_sign_of_life()
    {
        _environment["WATCHDOG_USEC"] = "300000";
        _environment["WATCHDOG_PID"] = $"{Environment.ProcessId}";
        using var edge = new TcpListener(IPAddress.Loopback, 0);
        edge.Start();
        var log = new RecordedLog();
        await using var supervision = Supervision.Begin(_environment.GetValueOrDefault, TimeProvider.System, log);
        supervision.Serves("127.0.0.1", ((IPEndPoint)edge.LocalEndpoint).Port, () => new SupervisedState(HasJoined: true, "edge"));
        await _supervisor.WaitForAsync("READY=1");
        using var silent = new CancellationTokenSource();
        var reacting = ReactAsync(edge, silent.Token);
        await _supervisor.WaitForAsync("WATCHDOG=1");
        await _supervisor.WaitForAsync("WATCHDOG=1");
        await silent.CancelAsync();
        await reacting;
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var before = log.Count("supervisor.silent"); log.Count("supervisor.silent") < before + 3;)
        {
            await poll.WaitForNextTickAsync();
        }

        supervision.Stops();
        await _supervisor.WaitForAsync("STOPPING=1");
        _supervisor.Heard.SkipWhile(said => !said.Contains("WATCHDOG")).Count(said => said.Contains("WATCHDOG")).ShouldBeLessThan(6);
    }

    [Theory]
    [InlineData("60000000", "1")]
    [InlineData("0", "")]
    [InlineData("soon", "")]
    public async Task A_watchdog_that_is_not_this_process_s_gets_nothing(string patience, string process)
    {
        _environment["WATCHDOG_USEC"] = patience;
        _environment["WATCHDOG_PID"] = process;
        var text = "a";
        using var edge = new TcpListener(IPAddress.Loopback, 0);
        edge.Start();
        await using var supervision = Begin();
        supervision.Serves("127.0.0.1", ((IPEndPoint)edge.LocalEndpoint).Port, () => new SupervisedState(HasJoined: true, Volatile.Read(ref text)));
        await HearAsync("READY=1");
        Volatile.Write(ref text, "b");
        await HearAsync("STATUS=b");
        Volatile.Write(ref text, "c");
        await HearAsync("STATUS=c");
        edge.Pending().ShouldBeFalse();
    }

    [Theory]
    [InlineData("relative/path")]
    [InlineData("vsock:2:1234")]
    [InlineData("/nowhere/at/all")]
    public async Task A_supervisor_that_cannot_be_reached_costs_one_warning(string name)
    {
        _environment["NOTIFY_SOCKET"] = name;
        var log = new RecordedLog();
        await using (var supervision = Begin(log))
        {
            supervision.Serves("127.0.0.1", 1, () => new SupervisedState(HasJoined: true, "edge"));
        }

        log.Count("supervisor.unreached").ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_asked_and_nothing_is_said()
    {
        _environment.Clear();
        var log = new RecordedLog();
        await using (var supervision = Begin(log))
        {
            supervision.Serves("127.0.0.1", 1, () => throw new InvalidOperationException("nobody should look"));
        }

        log.Count("supervisor").ShouldBe(0);
    }

    [Fact]
    public async Task A_look_that_fails_ends_the_reports_and_nothing_else()
    {
        var log = new RecordedLog();
        await using (var supervision = Begin(log))
        {
            supervision.Serves("127.0.0.1", 1, () => throw new InvalidOperationException("closed already"));
            while (log.Count("supervisor.ended") == 0)
            {
                _clock.Advance(_step);
                await Task.Yield();
            }
        }

        log.Count("closed already").ShouldBe(1);
    }

    private Supervision Begin(RecordedLog? log = null) => Supervision.Begin(_environment.GetValueOrDefault, _clock, log ?? new RecordedLog());

    private static async Task ReactAsync(TcpListener edge, CancellationToken silent)
    {
        try
        {
            while (true)
            {
                (await edge.AcceptSocketAsync(silent)).Dispose();
            }
        }
        catch (OperationCanceledException)
        {
            // From here on only the kernel answers.
            return;
        }
    }

    /// <summary>Lets time pass until it is said, and none that nobody waits for: the longest stop would be over before it began.</summary>
    private async Task<string> HearAsync(string line)
    {
        var heard = _supervisor.WaitForAsync(line);
        while (!heard.IsCompleted)
        {
            if (_clock.UntilNext <= _step)
            {
                _clock.Advance(_step);
            }

            await Task.Yield();
        }

        return await heard;
    }
}
