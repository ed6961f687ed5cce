using Berth.Testing;
using Berth.Testing.Processes;

namespace Berth.Deploy.Tests.Systemd;

/// <summary>What a real process tells a supervisor.</summary>
public sealed class NotifyTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ready_is_said_when_the_edge_takes_claims_and_stopping_before_the_end(bool inFolder)
    {
        using var supervisor = inFolder ? new NotifySocket(_folder.File("notify")) : NotifySocket.Abstract();
        await using var berth = Start(supervisor);
        var ready = await supervisor.WaitForAsync("READY=1");
        var port = int.Parse(ready[(ready.IndexOf("edge ", StringComparison.Ordinal) + "edge ".Length)..]);
        await using (var edge = await RawHttp.ConnectAsync(port))
        {
            await edge.SendAsync("GET /readyz HTTP/1.1\r\nHost: test\r\n\r\n");
            (await edge.ReadAsync()).Status.ShouldBe(200);
        }

        await berth.TerminateAsync();
        (await supervisor.WaitForAsync("STOPPING=1")).ShouldContain("EXTEND_TIMEOUT_USEC=");
        var end = await berth.EndAsync();
        end.ExitCode.ShouldBe(0, end.Error);
        end.Out.ShouldNotContain("supervisor.");
    }

    [Fact]
    public async Task Signs_of_life_come_as_often_as_the_watchdog_needs_them()
    {
        using var supervisor = NotifySocket.Abstract();
        await using var berth = Start(supervisor, ("WATCHDOG_USEC", "900000"));
        await supervisor.WaitForAsync("READY=1");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        for (var i = 0; i < 5; i++)
        {
            await supervisor.WaitForAsync("WATCHDOG=1", patience.Token);
        }
    }

    [Fact]
    public async Task A_start_that_fails_never_says_ready()
    {
        using var supervisor = NotifySocket.Abstract();
        await using var berth = Start(supervisor, ("BERTH_TLS_CERT", _folder.File("missing")), ("BERTH_TLS_KEY", _folder.File("missing")));
        (await berth.EndAsync()).ExitCode.ShouldBe(1);
        await supervisor.WaitForAsync("STOPPING=1");
        supervisor.Heard.ShouldNotContain(said => said.Contains("READY=1"));
    }

    private BerthProcess Start(NotifySocket supervisor, params (string Name, string Value)[] more) => BerthProcess.Start(
        BerthProcess.Program,
        _folder.Path,
        ["serve", "--database", _folder.File("berth.sqlite"), "-b", "127.0.0.1", "-p", "0", "--management-port", "off"],
        [("NOTIFY_SOCKET", supervisor.Name), .. more]);
}
