using System.Net;
using System.Net.Sockets;
using Berth.Protocol;
using Berth.Testing.Processes;
using Berth.Testing.Tls;

namespace Berth.Cli.Tests.Processes;

/// <summary>A member with a certificate and tokens, and verbs that reach it over the network.</summary>
public sealed class RemoteProcessTests : IDisposable
{
    private const int MostLooks = 200;
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(100);

    private readonly TestFolder _folder = new();
    private readonly TestFolder _elsewhere = new();
    private readonly TestVendor _vendor = new();
    private readonly TestAuthority _authority = new();

    public void Dispose()
    {
        _authority.Dispose();
        _elsewhere.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Verbs_reach_a_member_on_another_machine_as_far_as_their_token_does()
    {
        var id = _vendor.IssueTo(_elsewhere, "a");
        _authority.IssueTo(_folder.File("crt"), _folder.File("key"), "berth");
        await File.WriteAllTextAsync(_elsewhere.File("ca.pem"), _authority.Pem);
        var (vendor, viewer) = (ManagementToken.New(), ManagementToken.New());
        await File.WriteAllTextAsync(_elsewhere.File("vendor.token"), vendor + "\n");
        await WriteTokensAsync(ManagementToken.Line(ManagementRole.Vendor, "v", vendor), ManagementToken.Line(ManagementRole.Viewer, "w", viewer));
        await using var member = Serve("--tls-cert", "crt", "--tls-key", "key", "--management-port", "0", "--tokens-file", "tokens");
        var edge = (await member.WaitForLineAsync("  edge ")).Split(' ')[^1];
        edge.ShouldStartWith("https://127.0.0.1:");
        var server = (await member.WaitForLineAsync("  manage ")).Split(' ')[^1];
        server.ShouldStartWith("https://127.0.0.1:");

        string[] there = ["--server", server, "--ca-file", "ca.pem"];
        string[] vendors = [.. there, "--token-file", "vendor.token"];
        (await RunAsync(["add", "a.lic", "--public-key", _vendor.PublicKey, .. vendors])).ShouldBe(new ProcessEnd(0, $"license added successfully: {id}\n", ""));
        (await RunAsync(["stat", id, .. there], ("BERTH_TOKEN", viewer))).Out.ShouldContain(id);
        var refused = await RunAsync(["del", id, .. there], ("BERTH_TOKEN", viewer));
        refused.ShouldBe(new ProcessEnd(4, "", "Error: this needs the role vendor; the token w has the role viewer\n"));
        var unknown = await RunAsync(["ls", .. there]);
        unknown.ExitCode.ShouldBe(4);
        unknown.Error.ShouldStartWith("Error: a token is missing: make a token with 'berth token new'");
        (await RunAsync(["ls", "--server", server], ("BERTH_TOKEN", viewer))).ExitCode.ShouldBe(5);

        (await RunAsync(["claim", "n1", "--url", edge, "--ca-file", "ca.pem"])).Out.ShouldBe("seat claimed for 60 s\n");
        (await RunAsync(["claim", "n1", "--url", edge])).ExitCode.ShouldBe(5);
        (await RunAsync(["release", "n1", "--url", edge, "--ca-file", "ca.pem"])).Out.ShouldBe("seat released\n");
        File.Exists(_elsewhere.File("berth.sqlite")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("--server", "berth.example:9110")]
    [InlineData("--server", "https://berth.example/path")]
    [InlineData("--server", "http://127.0.0.1:1", "--database", "x")]
    [InlineData("--server", "http://127.0.0.1:1", "--token-file", "none")]
    [InlineData("--server", "http://127.0.0.1:1", "--ca-file", "none")]
    public async Task What_makes_no_sense_is_refused(params string[] arguments) =>
        (await new TestShell(CommandName.Berth).RunAsync(["ls", .. arguments])).Code.ShouldBe(2);

    [Fact]
    public async Task A_store_on_the_command_line_is_stronger_than_a_server_in_a_variable()
    {
        var shell = new TestShell(CommandName.Berth, ("BERTH_SERVER", "http://127.0.0.1:1"));
        (await shell.RunAsync("pools", "ls", "--database", _folder.File("none"))).Code.ShouldBe(3);
        (await shell.RunAsync("pools", "ls")).Code.ShouldBe(5);
    }

    [Fact]
    public async Task A_management_port_that_is_taken_and_was_not_asked_for_is_a_warning()
    {
        // Not exclusively: a connection of a member that has ended would keep this listener out, and let the next member in.
        using var taken = new TcpListener(IPAddress.Loopback, 9110) { ExclusiveAddressUse = false };
        await TakeAsync(taken);
        await using (var member = Serve())
        {
            (await member.WaitForLineAsync("  manage ")).ShouldEndWith("by the socket only");
            await member.TerminateAsync();
            (await member.EndAsync()).Out.ShouldContain("management.taken: another process has 127.0.0.1:9110");
        }

        await using var asked = Serve("--management-port", "9110");
        var end = await asked.EndAsync();
        end.ExitCode.ShouldBe(1);
        end.Error.ShouldBe("Error: the management port 127.0.0.1:9110 is taken: choose another with --management-port, or off\n");
    }

    /// <summary>Another test's member may have the port for a moment. Another program that keeps it does as well as this test.</summary>
    private static async Task TakeAsync(TcpListener listener)
    {
        using var looks = new PeriodicTimer(_look);
        for (var left = MostLooks; left > 0; left--)
        {
            try
            {
                listener.Start();
                return;
            }
            catch (SocketException held) when (held.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                await looks.WaitForNextTickAsync();
            }
        }
    }

    private BerthProcess Serve(params string[] arguments) =>
        BerthProcess.Start(BerthProcess.Program, _folder.Path, ["serve", "-p", "0", "-b", "127.0.0.1", .. arguments]);

    private Task<ProcessEnd> RunAsync(string[] arguments, params (string Name, string Value)[] environment) =>
        BerthProcess.RunAsync(BerthProcess.Program, _elsewhere.Path, arguments, environment);

    private async Task WriteTokensAsync(params string[] lines)
    {
        await File.WriteAllLinesAsync(_folder.File("tokens"), lines);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder.File("tokens"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }
}
