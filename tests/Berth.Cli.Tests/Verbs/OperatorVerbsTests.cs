using System.Text.Json;
using Berth.Cli.Flags;
using Berth.Cli.Verbs;
using Berth.Pools;
using Berth.Protocol;
using Berth.Server;
using Berth.Testing.Processes;

namespace Berth.Cli.Tests.Verbs;

/// <summary>Holders, denials, policy and settings as verbs.</summary>
public sealed class OperatorVerbsTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestVendor _vendor = new();
    private readonly TestShell _berth = new(CommandName.Berth);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("backup", "copy")]
    [InlineData("restore", "copy")]
    [InlineData("doctor")]
    public async Task Verbs_of_the_file_itself_refuse_a_member_elsewhere(params string[] verb)
    {
        var refused = await RunAsync([.. verb, "--server", "http://127.0.0.1:1"]);
        (refused.Code, refused.Out).ShouldBe((2, ""));
        refused.Error.ShouldBe($"Error: {verb[0]} works on the database file itself: run it on the member's machine, without --server\n");
    }

    [Fact]
    public async Task A_public_key_that_is_neither_a_key_nor_a_file_is_named()
    {
        _vendor.IssueTo(_folder, "a");
        var refused = await RunAsync("add", _folder.File("a.lic"), "--public-key", "nosuch.pub");
        refused.ShouldBe((2, "", "Error: --public-key: nosuch.pub is neither 64 hexadecimal digits nor a file with them\n"));
    }

    [Fact]
    public async Task An_operator_takes_a_seat_away_while_a_member_serves()
    {
        var id = _vendor.IssueTo(_folder, "a");
        (await RunAsync("add", _folder.File("a.lic"), "--public-key", _vendor.PublicKey, "--pool", "p")).Code.ShouldBe(0);
        await using (var member = BerthProcess.Start(
            BerthProcess.Program,
            _folder.Path,
            ["serve", "-p", "0", "-b", "127.0.0.1", "--database", "x.sqlite", "--ttl", "90s", "--strategy", "lifo"],
            ("BERTH_SIGNING_SECRET", "hush"),
            ("RELAY_CULL_INTERVAL", "20s")))
        {
            var url = (await member.WaitForEdgeAsync()).OriginalString;
            (await RunAsync("claim", "n1", "--pool", "p", "--url", url)).Code.ShouldBe(0);
            (await RunAsync("holders", "--plain")).Out.ShouldMatch(
                $@"\n\| n1          \| p    \| {id} \| -    \| -    \| 20\S+Z \| 20\S+Z \| 20\S+Z \|\n$");
            (await RunAsync("holders", "release", "n1", "--pool", "p")).Code.ShouldBe(2);
            (await RunAsync("holders", "release", "n1", "--pool", "p", "--reason", "left", "--cool-down", "5m")).Out
                .ShouldBe("seat of n1 in pool p released; it gets none in this pool for 5m0s\n");
            (await RunAsync("holders", "release", "n1", "--pool", "p", "--reason", "left")).ShouldBe((3, "", "Error: node n1 holds no seat in pool p\n"));
            (await RunAsync("claim", "n1", "--pool", "p", "--url", url)).Code.ShouldBe(4);
            (await RunAsync("holders", "--node", "n1")).Code.ShouldBe(3);
            (await RunAsync("policy", "set", "--ttl", "2m")).Out.ShouldContain("| 2m0s | lifo     | on         |");
            var listing = JsonDocument.Parse((await RunAsync("settings", "--json")).Out).RootElement.GetProperty("settings");
            var settings = listing.EnumerateArray().ToDictionary(
                entry => entry.GetProperty("name").GetString()!,
                entry => (entry.TryGetProperty("value", out var value) ? value.GetString() : null, entry.GetProperty("origin").GetString()));
            settings["ttl"].ShouldBe(("2m0s", "recorded"));
            settings["strategy"].ShouldBe(("lifo", "flag"));
            settings["cull-interval"].ShouldBe(("20s", "relay-variable"));
            settings["signing-secret"].ShouldBe(("set", "berth-variable"));
            settings["max-connections"].ShouldBe(("16384", "default"));
        }

        (await RunAsync("policy", "show")).Out.ShouldContain("| 2m0s | lifo     | on         |");
        (await RunAsync("settings")).Code.ShouldBe(5);
        (await RunAsync("denials")).Code.ShouldBe(0);
        (await RunAsync("denials", "--csv")).Out.ShouldStartWith("pool,reason,fingerprint,count,first,last\r\n");
        (await RunAsync("denials", "--totals")).Out.ShouldContain("| reason ");
    }

    [Fact]
    public void Every_flag_of_serve_is_a_setting_and_no_secret_is_shown()
    {
        const string Secret = "very secret";
        var shell = new TestShell(CommandName.Berth).Shell(new StringWriter(), new StringWriter());
        var line = CommandLine.Parse(["--signing-secret", Secret, "--database", "x"], [.. ServeFlags.All, .. GlobalFlags.All]);
        var call = new Call(shell, new Settings(line, shell, ConfigFile.None), []);
        var entries = new ServeReport(call, ServeSettings.Read(call), 6349).Under(Policy.Default);
        entries.Select(entry => entry.Name).ShouldBeUnique();
        ServeFlags.All.Select(flag => flag.Name).ShouldBeSubsetOf(entries.Select(entry => entry.Name));
        entries.ShouldAllBe(entry => entry.Value != Secret);
        entries.Single(entry => entry.Name == "signing-secret").ShouldBe(new SettingEntry("signing-secret", "set", SettingOrigins.Flag, "--signing-secret"));
        entries.Single(entry => entry.Name == "ttl").ShouldBe(new SettingEntry("ttl", "1m0s", SettingOrigins.Default, null));
    }

    [Fact]
    public async Task A_familys_help_is_one_short_page_and_a_star_is_explained()
    {
        var help = (await _berth.RunAsync("pools", "--help")).Out;
        help.Split('\n').Length.ShouldBeLessThan(12);
        help.ShouldContain("pools show");
        (await RunAsync("policy", "set", "--ttl", "2m")).Code.ShouldBe(0);
        (await RunAsync("pools", "ls")).Out.ShouldNotContain("*");
        (await RunAsync("pools", "set", "-", "--ttl", "3m")).Out.ShouldEndWith("* differs from the cluster's policy\n");
    }

    private Task<(int Code, string Out, string Error)> RunAsync(params string[] arguments) =>
        _berth.RunAsync([.. arguments, "--database", _folder.File("x.sqlite")]);
}
