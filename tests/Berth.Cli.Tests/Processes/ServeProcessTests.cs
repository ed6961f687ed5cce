using System.Net;
using System.Text.Json;
using Berth.Testing.Processes;

namespace Berth.Cli.Tests.Processes;

/// <summary>The program as operators run it: real processes, signals, names and files.</summary>
public sealed class ServeProcessTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestVendor _vendor = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Verbs_work_while_a_member_serves()
    {
        var id = _vendor.IssueTo(_folder, "a");
        await using var member = Serve();
        var edge = await member.WaitForEdgeAsync();
        (await BerthAsync("add", "a.lic", "--public-key", _vendor.PublicKey)).ShouldBe(new ProcessEnd(0, $"license added successfully: {id}\n", ""));
        (await BerthAsync("claim", "n1", "--url", edge.OriginalString)).Out.ShouldBe("seat claimed for 60 s\n");
        (await BerthAsync("claim", "n1", "--url", edge.OriginalString)).Out.ShouldBe("seat renewed for 60 s\n");
        (await BerthAsync("claim", "n2", "--url", edge.OriginalString)).ShouldBe(new ProcessEnd(4, "", "Error: no licenses available\n"));
        (await BerthAsync("ls")).Out.ShouldMatch($@"\n\| {id} \| -    \| 1      \| 1       \| 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ \| -                \|\n$");
        (await BerthAsync("release", "n1", "--url", edge.OriginalString)).Out.ShouldBe("seat released\n");
        (await BerthAsync("release", "n1", "--url", edge.OriginalString)).ShouldBe(new ProcessEnd(3, "", "Error: claim not found\n"));
        (await BerthAsync("del", id)).Out.ShouldBe($"license deleted successfully: {id}\n");
        (await BerthAsync("del", id)).ExitCode.ShouldBe(3);
        await member.TerminateAsync();
        (await member.EndAsync()).ExitCode.ShouldBe(0);
        File.Exists(_folder.File("berth.sqlite.sock")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_second_member_on_the_same_file_is_refused()
    {
        await using var member = Serve();
        await member.WaitForEdgeAsync();
        var second = await BerthAsync("serve", "-p", "0");
        second.ExitCode.ShouldBe(1);
        second.Error.ShouldMatch($@"^Error: database {_folder.File("berth.sqlite")} is served by process {member.Id} since 20\S+Z\n$");
    }

    [Fact]
    public async Task An_edge_beside_the_member_has_a_port_and_a_pool_of_its_own()
    {
        var id = _vendor.IssueTo(_folder, "a");
        await using var member = Serve();
        await member.WaitForEdgeAsync();
        await BerthAsync("add", "a.lic", "--public-key", _vendor.PublicKey, "--pool", "cad");
        await using var edge = BerthProcess.Start(
            BerthProcess.Program,
            _folder.Path,
            ["serve", "--edge", "-p", "0", "-b", "127.0.0.1", "--pool", "cad", "--metrics-bind", "127.0.0.1:0", "--otlp-endpoint", "http://127.0.0.1:1"]);
        var address = (await edge.WaitForLineAsync("  edge ")).Split(' ')[^1];
        (await BerthAsync("claim", "n1", "--url", address)).Out.ShouldBe("seat claimed for 60 s\n");
        (await BerthAsync("ls", "--json")).Out.ShouldContain("\"n1\"");
        await edge.TerminateAsync();
        var end = await edge.EndAsync();
        (end.ExitCode, end.Error).ShouldBe((
            0,
            "warning: --metrics-bind, --otlp-endpoint: without effect with --edge, which has no metrics, traces and management port of its own: give it to the member\n"));
        (await BerthAsync("del", id)).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_member_that_was_killed_is_replaced()
    {
        await using (var member = Serve())
        {
            await member.WaitForEdgeAsync();
        }

        File.Exists(_folder.File("berth.sqlite.sock")).ShouldBeTrue();
        (await BerthAsync("ls")).Out.ShouldBe("license pool is empty\n");
        await using var next = Serve();
        await next.WaitForEdgeAsync();
        (await BerthAsync("pools", "ls", "--json")).ExitCode.ShouldBe(0);
        new FileInfo(_folder.File("berth.sqlite.sock")).UnixFileMode.ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Called_relay_it_serves_as_relay()
    {
        var id = _vendor.IssueTo(_folder, "a");
        var relay = _folder.File("relay");
        File.CreateSymbolicLink(relay, BerthProcess.Program);
        var port = FreePort();
        await using var member = BerthProcess.Start(relay, _folder.Path, ["serve"], ("PORT", $"{port}"), ("BIND_ADDR", "127.0.0.1"));
        await member.WaitForLineAsync("the server is starting");
        await WaitForAsync(new Uri($"http://127.0.0.1:{port}/v1/health"));
        var key = (await File.ReadAllTextAsync(_folder.File("a.key"))).Trim();
        var added = await BerthProcess.RunAsync(relay, _folder.Path, ["add", "--file", "a.lic", "--key", key, "--public-key", _vendor.PublicKey]);
        added.ShouldBe(new ProcessEnd(0, $"license added successfully: {id}\n", ""));
        var taken = await BerthProcess.RunAsync(relay, _folder.Path, ["serve", "--database", "other.sqlite", "-p", $"{port}", "-b", "127.0.0.1"]);
        taken.ExitCode.ShouldBe(0);
        taken.Error.ShouldBe($"error: listen tcp 127.0.0.1:{port}: bind: address already in use\n");
        taken.Out.ShouldStartWith("the server is starting\n");
        taken.Out.ShouldContain("server failed to start");
        File.Exists(_folder.File("relay.sqlite")).ShouldBeTrue();
        await member.TerminateAsync();
        (await member.EndAsync()).ShouldBe(new ProcessEnd(0, "the server is starting\n", ""));
    }

    [Fact]
    public async Task Settings_come_from_flag_variables_and_file()
    {
        await File.WriteAllTextAsync(_folder.File("c.yaml"), "ttl: 31s\nstrategy: lifo\nbind: 127.0.0.1\nport: 0\n");
        await using (var member = BerthProcess.Start(
            BerthProcess.Program, _folder.Path, ["serve", "--config", "c.yaml"], ("BERTH_TTL", "33s"), ("RELAY_LEASE_TTL", "32s")))
        {
            await member.WaitForEdgeAsync();
            var pools = JsonDocument.Parse((await BerthAsync("pools", "ls", "--json")).Out).RootElement;
            var policy = pools[0].GetProperty("policy");
            policy.GetProperty("ttlMs").GetInt64().ShouldBe(33_000);
            policy.GetProperty("strategy").GetString().ShouldBe("lifo");
        }

        (await BerthProcess.RunAsync(BerthProcess.Program, _folder.Path, ["serve"], ("BERTH_EDGE_PORT", "x"))).ExitCode.ShouldBe(2);
        await File.WriteAllTextAsync(_folder.File("c.yaml"), "prot: 1\n");
        (await BerthAsync("serve", "--config", "c.yaml")).ShouldBe(new ProcessEnd(2, "", "Error: c.yaml:1: unknown key \"prot\"\n"));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_an_error()
    {
        await using var member = Serve();
        var edge = await member.WaitForEdgeAsync();
        var second = await BerthAsync("serve", "--database", "other.sqlite", "-b", "127.0.0.1", "-p", $"{edge.Port}");
        second.ExitCode.ShouldBe(1);
        second.Error.ShouldBe($"Error: listen tcp 127.0.0.1:{edge.Port}: bind: address already in use\n");
    }

    private BerthProcess Serve() => BerthProcess.Start(BerthProcess.Program, _folder.Path, ["serve", "-p", "0", "-b", "127.0.0.1"]);

    private Task<ProcessEnd> BerthAsync(params string[] arguments) => BerthProcess.RunAsync(BerthProcess.Program, _folder.Path, arguments);

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task WaitForAsync(Uri health)
    {
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, health);
                using var response = await http.SendAsync(request, limit.Token);
                response.StatusCode.ShouldBe(HttpStatusCode.OK);
                return;
            }
            catch (HttpRequestException)
            {
                limit.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }
}
