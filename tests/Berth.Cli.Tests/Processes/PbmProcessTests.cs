using Berth.Protocol;
using Berth.Testing.Processes;

namespace Berth.Cli.Tests.Processes;

/// <summary>The program as a link called <c>pbm</c>, against a member's socket and against its management port with a token.</summary>
public sealed class PbmProcessTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestFolder _elsewhere = new();
    private readonly TestVendor _vendor = new();

    public PbmProcessTests() => File.CreateSymbolicLink(Pbm, BerthProcess.Program);

    public void Dispose()
    {
        _elsewhere.Dispose();
        _folder.Dispose();
    }

    private string Pbm => _elsewhere.File("pbm");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_verb_reaches_a_member(bool bySocket)
    {
        var admin = ManagementToken.New();
        await WriteTokenAsync(ManagementToken.Line(ManagementRole.Admin, "a", admin));
        await File.WriteAllTextAsync(_elsewhere.File("token"), admin + "\n");
        _vendor.IssueTo(_folder, "a");
        await using var member = BerthProcess.Start(
            BerthProcess.Program, _folder.Path, ["serve", "-p", "0", "-b", "127.0.0.1", "--socket", "m.sock", "--management-port", "0", "--tokens-file", "tokens"]);
        var edge = (await member.WaitForLineAsync("  edge ")).Split(' ')[^1];
        var server = (await member.WaitForLineAsync("  manage ")).Split(' ')[^1];
        await member.WaitForLineAsync("  clock ");
        string[] socket = ["--socket", _folder.File("m.sock")];
        (await BerthAsync(["add", _folder.File("a.lic"), "--public-key", _vendor.PublicKey, "--pool", "p", .. socket])).ExitCode.ShouldBe(0);
        (await BerthAsync(["claim", "n1", "--pool", "p", "--url", edge])).ExitCode.ShouldBe(0);

        string[] there = bySocket ? socket : ["--server", server, "--token-file", "token"];
        (await PbmAsync(["pools", "ls", .. there])).Out.ShouldContain("| p    | 1        | 1     | 1    | 0    |");
        (await PbmAsync(["pools", "show", "p", "--json", .. there])).Out.ShouldContain("\"denials\": []");
        (await PbmAsync(["claims", "ls", "--plain", .. there])).Out.ShouldContain("| p    | n1          |");
        (await PbmAsync(["log", "tail", .. there])).Out.ShouldContain("serve.started: berth ");
        (await PbmAsync(["claims", "release", "p", "n1", "--reason", "left", "--yes", .. there])).Out.ShouldStartWith("seat of n1 in pool p released");
        foreach (var verb in (string[][])[["cluster", "show"], ["cluster", "down", "m", "--yes"], ["cluster", "leave"]])
        {
            (await PbmAsync([.. verb, .. there])).ExitCode.ShouldBe(7, "the member is the only one, and says so");
        }

        (await PbmAsync(["ls", .. there])).Error.ShouldStartWith("Error: pbm has no verb \"ls\": call 'berth ls'\n");
        (await PbmAsync(["--version"])).Out.ShouldStartWith("pbm version ");
        Directory.GetFiles(_elsewhere.Path).Select(Path.GetFileName).ShouldBe(["pbm", "token"], ignoreOrder: true);
    }

    [Fact]
    public async Task The_only_member_of_this_machine_is_found_and_one_of_several_must_be_named()
    {
        var first = ("RUNTIME_DIRECTORY", _folder.Path);
        string[] serve = ["serve", "-p", "0", "-b", "127.0.0.1", "--management-port", "off"];
        await using var one = BerthProcess.Start(BerthProcess.Program, _folder.Path, [.. serve, "--database", "1", "--socket", "berth-1.sock"]);
        await one.WaitForEdgeAsync();
        (await PbmAsync(["pools", "ls"], first)).Out.ShouldContain("| pool ");
        await using var other = BerthProcess.Start(BerthProcess.Program, _folder.Path, [.. serve, "--database", "2", "--socket", "berth-2.sock"]);
        await other.WaitForEdgeAsync();
        var (one1, two) = (_folder.File("berth-1.sock"), _folder.File("berth-2.sock"));
        (await PbmAsync(["pools", "ls"], first)).ShouldBe(new ProcessEnd(2, "", $"Error: several members answer here: name one with --socket, {one1} or {two}\n"));
        (await PbmAsync(["pools", "ls"], first, ("BERTH_SOCKET", two))).ExitCode.ShouldBe(0);
    }

    private Task<ProcessEnd> PbmAsync(string[] arguments, params (string Name, string Value)[] environment) =>
        BerthProcess.RunAsync(Pbm, _elsewhere.Path, arguments, environment);

    private Task<ProcessEnd> BerthAsync(string[] arguments) => BerthProcess.RunAsync(BerthProcess.Program, _elsewhere.Path, arguments);

    private async Task WriteTokenAsync(string line)
    {
        await File.WriteAllTextAsync(_folder.File("tokens"), line + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder.File("tokens"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }
}
