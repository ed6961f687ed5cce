using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Testing;

namespace Berth.Cli.Tests.Verbs;

public sealed class PingTests
{
    private readonly TestShell _berth = new(CommandName.Berth);

    [Fact]
    public async Task A_member_that_serves_is_ready()
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        var ping = await PingAsync(member.Port);
        (ping.Code, ping.Error).ShouldBe((0, ""));
        ping.Out.ShouldMatch($@"^http://127\.0\.0\.1:{member.Port} is ready, answered in [0-9]+\.[0-9] ms\n$");
        (await PingAsync(member.Port, "--json")).Out.ShouldContain("\"ready\": true");
    }

    [Fact]
    public async Task Nobody_there_is_unreachable()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        // Listening, and never answering.
        (await PingAsync(port, "--timeout", "20ms")).ShouldBe((5, "", $"Error: http://127.0.0.1:{port} does not answer: no answer within 20ms\n"));
        listener.Stop();
        var ping = await PingAsync(port);
        (ping.Code, ping.Out).ShouldBe((5, ""));
        ping.Error.ShouldStartWith($"Error: http://127.0.0.1:{port} does not answer: ");
    }

    [Theory]
    [InlineData("200 OK", "503 Service Unavailable", "is alive but not ready: not every pool is served")]
    [InlineData("404 Not Found", "200 OK", "answers /livez with status 404: it is no edge of Berth")]
    public async Task Alive_and_not_ready_is_a_failure(string live, string ready, string message)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var stop = new CancellationTokenSource();
        var serving = ServeAsync(listener, live, ready, stop.Token);
        (await PingAsync(port)).ShouldBe((1, "", $"Error: http://127.0.0.1:{port} {message}\n"));
        await stop.CancelAsync();
        await serving;
    }

    [Fact]
    public async Task A_text_that_is_no_URL_is_a_mistake() => (await _berth.RunAsync("ping", "--url", "edge")).Code.ShouldBe(2);

    private static async Task ServeAsync(TcpListener listener, string live, string ready, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var client = await listener.AcceptTcpClientAsync(stop).AsTask().ContinueWith(
                accepted => accepted.IsCompletedSuccessfully ? accepted.Result : null, TaskScheduler.Default);
            if (client is null)
            {
                return;
            }

            var buffer = new byte[4096];
            var length = await client.GetStream().ReadAsync(buffer, stop);
            var status = Encoding.ASCII.GetString(buffer, 0, length).Contains("/livez", StringComparison.Ordinal) ? live : ready;
            const string Body = "[+] started and not stopping\n[-] every pool is served\nnot ready\n";
            await client.GetStream().WriteAsync(
                Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {Body.Length}\r\n\r\n{Body}"), stop);
        }
    }

    private Task<(int Code, string Out, string Error)> PingAsync(int port, params string[] more) =>
        _berth.RunAsync(["ping", "--url", $"http://127.0.0.1:{port}", .. more]);
}
