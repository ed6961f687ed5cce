using System.Text.Json;
using Berth.Protocol;
using Berth.Testing;
using Berth.Testing.Postgres;
using Berth.Testing.Processes;

namespace Berth.Cli.Tests.Processes;

/// <summary>What real members log, in which form, and who can read it from elsewhere.</summary>
public sealed class LogProcessTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestVendor _vendor = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task In_json_every_line_is_an_object_whatever_strangers_send()
    {
        await using var member = Serve("--log-format", "json", "--log-level", "trace", "--signing-secret", "hush");
        var started = JsonDocument.Parse(await member.Out.WaitForAsync("serve.started")).RootElement;
        var edge = started.GetProperty("data").GetProperty("edge").GetString()!;
        await AskAsync(edge, "GET /v1/health%0a%1b[2J%0d?q=%0aforged HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        await AskAsync(edge, "PUT /v1/nodes/n1%0aforged%1b[2J HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        await member.SignalAsync("TERM");
        (await member.EndAsync()).ShouldBe(0);
        foreach (var text in member.Out.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var line = JsonDocument.Parse(text).RootElement;
            line.GetProperty("time").GetString()!.ShouldMatch(@"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$");
            LogLevels.All.ShouldContain(line.GetProperty("level").GetString()!);
            line.GetProperty("message").GetString().ShouldNotBeNull();
            text.Any(char.IsControl).ShouldBeFalse(text);
        }

        member.Out.Count("health").ShouldBeGreaterThan(0, "the level is trace: requests are logged");
    }

    [Fact]
    public async Task Levels_and_formats_are_set_by_flag_variable_and_refused_by_name()
    {
        await using var quiet = Serve(["--log-level", "error"], ("BERTH_LOG_FORMAT", "text"));
        await quiet.ReadyAsync();
        await quiet.SignalAsync("TERM");
        await quiet.EndAsync();
        quiet.Out.Count("serve.started").ShouldBe(0);
        await using var loud = Serve(["-vv", "--log-level", "info"]);
        await loud.ReadyAsync();
        await loud.SignalAsync("TERM");
        await loud.EndAsync();
        loud.Out.ToString().ShouldMatch(@"(^|\n)20\S+\.\d{3}Z info    berth\.serve serve\.started: berth ");
        loud.Out.Count(" debug ").ShouldBe(0);
        (await RunAsync("serve", "--log-format", "xml")).ShouldBe(
            new ProcessEnd(2, "", "Error: invalid argument \"xml\" for \"--log-format\" flag: must be text or json\n"));
        (await RunAsync("serve", "--log-level", "loud")).Error.ShouldContain("must be error, warning, info, debug or trace");
    }

    [Fact]
    public async Task Who_tails_gets_the_last_lines_then_the_next_ones_and_goes_on_over_a_restart()
    {
        string[] serve = ["--log-level", "debug", "--socket", "m.sock"];
        await using var member = Serve(serve);
        await member.ReadyAsync();
        var some = await RunAsync("log", "tail", "--socket", "m.sock", "--level", "trace");
        some.Out.ShouldContain(" info    berth.serve serve.started: ");
        some.Error.ShouldBe("warning: the member logs debug and what matters more: start it with --log-level trace for the rest\n");
        (await RunAsync("log", "tail", "--socket", "m.sock", "--lines", "1", "--json")).Out.Split('\n').Length.ShouldBe(2);
        (await RunAsync("log", "tail", "--socket", "m.sock", "--lines", "0")).ExitCode.ShouldBe(2);
        (await RunAsync("log", "tail", "--socket", "m.sock", "--level", "loud")).ExitCode.ShouldBe(2);

        await using var tail = LiveMember.Launch(BerthProcess.Program, _folder.Path, ["log", "tail", "-f", "--json", "--socket", "m.sock"], Site.Environment());
        await tail.Out.WaitForAsync("serve.started");
        await member.SignalAsync("TERM");
        (await member.EndAsync()).ShouldBe(0);
        await tail.Error.WaitForAsync("no member answers");
        await using var next = Serve(serve);
        await next.ReadyAsync();
        await tail.Out.WaitForAsync("serve.started", nth: 2);
        await tail.Error.WaitForAsync("warning: the member has started again");
        await tail.SignalAsync("TERM");
        (await tail.EndAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_log_needs_an_operators_token_elsewhere()
    {
        var (viewer, operators) = (ManagementToken.New(), ManagementToken.New());
        await WriteAsync("tokens", ManagementToken.Line(ManagementRole.Viewer, "v", viewer), ManagementToken.Line(ManagementRole.Operator, "o", operators));
        await using var member = Serve("--management-port", "0", "--tokens-file", "tokens");
        var server = (await member.Out.WaitForAsync("  manage ")).Split(' ')[^1];
        await member.ReadyAsync();
        (await TailAsync(server, viewer)).ShouldBe(new ProcessEnd(4, "", "Error: this needs the role operator; the token v has the role viewer\n"));
        (await TailAsync(server, operators)).Out.ShouldContain("serve.started");
    }

    /// <summary>Two members of a cluster at the finest level, with every secret there is, in both forms, asked right and wrong.</summary>
    [Fact]
    public async Task No_secret_stands_in_any_line_even_at_the_finest_level()
    {
        const string Signing = "signing-secret-of-this-test";
        const string Cluster = "cluster-secret-of-this-test-0123456789abcdef";
        const string Password = "store-password-of-this-test";
        var (token, wrong) = (ManagementToken.New(), ManagementToken.New());
        await WriteAsync("tokens", ManagementToken.Line(ManagementRole.Admin, "a", token));
        await WriteAsync("secret", Cluster);
        await WriteAsync("password", Password);
        await WriteAsync("signing", Signing);
        var store = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        var id = _vendor.IssueTo(_folder, "a");
        var key = (await File.ReadAllTextAsync(_folder.File("a.key"))).Trim();
        await using var one = ServeShared("m1", store, "text");
        var server = (await one.Out.WaitForAsync("serve.started")).Split(' ')[^1];
        await using var two = ServeShared("m2", store, "json");
        var started = JsonDocument.Parse(await two.Out.WaitForAsync("serve.started")).RootElement;
        string[] there = ["--server", server];
        (await RunAsync([.. "add a.lic --pool p --public-key".Split(' '), _vendor.PublicKey, .. there], ("BERTH_TOKEN", token))).ExitCode.ShouldBe(0);
        (await RunAsync(["ls", .. there], ("BERTH_TOKEN", wrong))).ExitCode.ShouldBe(4);
        var edge = started.GetProperty("data").GetProperty("edge").GetString()!;
        (await RunAsync("claim", "n1", "--pool", "p", "--url", edge)).ExitCode.ShouldBe(0);
        (await RunAsync("release", "n1", "--pool", "p", "--url", edge)).ExitCode.ShouldBe(0);
        var told = await RunAsync(["log", "tail", "--level", "trace", "--lines", "1000", "--json", .. there], ("BERTH_TOKEN", token));
        told.ExitCode.ShouldBe(0, told.Error);
        foreach (var member in (LiveMember[])[two, one])
        {
            await member.SignalAsync("TERM");
            (await member.EndAsync()).ShouldBe(0, member.Error.ToString());
        }

        one.Out.Count(" trace ").ShouldBeGreaterThan(0);
        two.Out.Count("\"level\":\"trace\"").ShouldBeGreaterThan(0);
        told.Out.ShouldContain("\"level\":\"trace\"");
        var all = string.Join('\n', one.Out, one.Error, two.Out, two.Error, told.Out, told.Error);
        string[] secrets = [Signing, Cluster, Password, token, wrong, key];
        secrets.Where(secret => all.Contains(secret, StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty();
        all.ShouldContain("management.unauthorized");
        id.ShouldNotBeEmpty();
    }

    private LiveMember ServeShared(string name, string store, string format) => LiveMember.Launch(
        BerthProcess.Program,
        _folder.Path,
        [
            "serve", "--store", store, "--store-password-file", "password", "-b", "127.0.0.1", "-p", "0", "--member-name", name, "--log-level", "trace",
            "--log-format", format, "--advertise", "127.0.0.1:0", "--cluster-bind", "127.0.0.1", "--cluster-port", "0", "--cluster-secret-file", "secret",
            "--socket", name + ".sock", "--key-file", name + ".key", "--management-port", "0", "--tokens-file", "tokens", "--signing-secret-file", "signing",
        ],
        Site.Environment());

    private LiveMember Serve(params string[] arguments) => Serve(arguments, []);

    private LiveMember Serve(string[] arguments, params (string Name, string Value)[] environment) => LiveMember.Launch(
        BerthProcess.Program, _folder.Path, ["serve", "-p", "0", "-b", "127.0.0.1", .. arguments], Site.Environment(environment));

    private static async Task AskAsync(string edge, string request) =>
        (await RawHttp.AskAsync(new Uri(edge).Port, request)).Status.ShouldBeGreaterThanOrEqualTo(200);

    private Task<ProcessEnd> TailAsync(string server, string token) => RunAsync(["log", "tail", "--server", server], ("BERTH_TOKEN", token));

    private Task<ProcessEnd> RunAsync(params string[] arguments) => RunAsync(arguments, []);

    private Task<ProcessEnd> RunAsync(string[] arguments, params (string Name, string Value)[] environment) =>
        BerthProcess.RunAsync(BerthProcess.Program, _folder.Path, arguments, environment);

    private async Task WriteAsync(string name, params string[] lines)
    {
        await File.WriteAllLinesAsync(_folder.File(name), lines);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder.File(name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }
}
