using System.Text.Json;
using Berth.Cli.Output;
using Berth.Protocol;
using Berth.Testing.Processes;

namespace Berth.Cli.Tests.Verbs;

/// <summary>Claims and pools as operators look at them, on a member that serves.</summary>
public sealed class ClaimsVerbsTests : IDisposable
{
    private static readonly DateTimeOffset _now = DateTimeOffset.UnixEpoch;

    private readonly TestFolder _folder = new();
    private readonly TestVendor _vendor = new();
    private readonly TestShell _berth = new(CommandName.Berth);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Claims_are_found_page_by_page_by_pool_node_and_age()
    {
        await using var member = await ServeAsync(nodes: 5);
        var table = (await RunAsync("claims", "ls", "p")).Out;
        table.ShouldMatch(@"^\| pool \| fingerprint +\| license +\| user \| host \| since +\| heard +\| expires in \| state \|\n");
        table.ShouldMatch(@"\n\| p    \| cad-n1      \| \S+ \| -    \| -    \| 20\S+Z \| \d+s ago \| \d\S*s +\| live  \|\n");
        (await ListAsync("claims", "ls")).Nodes.Count.ShouldBe(5);
        (await RunAsync("claims", "ls", "none")).Code.ShouldBe(3);
        (await ListAsync("claims", "ls", "--older", "1h")).Nodes.ShouldBeEmpty();
        (await ListAsync("claims", "ls", "--older", "0s")).Nodes.Count.ShouldBe(5);

        var all = (await ListAsync("claims", "ls", "p", "--node", "CAD")).Nodes;
        all.ShouldBe(["cad-n1", "cad-n3", "cad-n5"], ignoreOrder: true);
        var (first, next) = await ListAsync("claims", "ls", "p", "--node", "CAD", "--limit", "2");
        first.ShouldBe(all.Take(2));
        var (rest, end) = await ListAsync("claims", "ls", "p", "--node", "CAD", "--limit", "2", "--next", next!);
        rest.ShouldBe(all.Skip(2));
        end.ShouldBeNull();
        (await RunAsync("claims", "ls", "p", "q")).ShouldBe((2, "", "Error: one pool, not several\n"));
    }

    [Fact]
    public async Task A_claim_is_released_once_the_operator_has_said_yes()
    {
        await using var member = await ServeAsync(nodes: 1);
        (await RunAsync("claims", "release", "p", "cad-n1")).Code.ShouldBe(2);
        var unsaid = await RunAsync("claims", "release", "p", "cad-n1", "--reason", "left");
        unsaid.Code.ShouldBe(2);
        unsaid.Error.ShouldMatch("^Error: node cad-n1 loses its seat of license [-0-9a-f]+ in pool p, held since 20\\S+Z: say --yes to do it\n$");
        (await RunAsync("claims", "release", "p", "none", "--reason", "left")).ShouldBe((3, "", "Error: node none holds no seat in pool p\n"));

        var (refused, _, why) = await TypeAsync("no", "claims", "release", "p", "cad-n1", "--reason", "left");
        (refused, why).ShouldBe((4, "Error: nothing was done\n"));
        (await ListAsync("claims", "ls")).Nodes.ShouldBe(["cad-n1"]);
        var (code, text, _) = await TypeAsync("yes", "claims", "release", "p", "cad-n1", "--reason", "left", "--cool-down", "5m");
        code.ShouldBe(0);
        text.ShouldEndWith("seat of cad-n1 in pool p released; it gets none in this pool for 5m0s\n");
        (await RunAsync("claims", "ls")).ShouldBe((0, "there is no such claim\n", ""));
        (await RunAsync("claims", "release", "p", "cad-n1", "--reason", "left", "--yes")).Code.ShouldBe(3);
    }

    [Fact]
    public async Task A_pool_is_shown_with_what_it_denied()
    {
        await using var member = await ServeAsync(nodes: 5);
        (await RunAsync("pools", "show", "p")).Out.ShouldEndWith("\nno claim was denied\n");
        (await RunAsync("claim", "late", "--pool", "p", "--url", _edge)).Code.ShouldBe(4);
        await member.TerminateAsync();
        (await member.EndAsync()).ExitCode.ShouldBe(0);
        var shown = await RunAsync("pools", "show", "p");
        shown.Out.ShouldContain("| p    | 1        | 5     | 5    | 0    |");
        shown.Out.ShouldMatch(@"\nclaims that were denied:\n\| reason +\| count \| nodes \|[^\n]*\n[^\n]*\n\| \S+ +\| 1     \| 1     \|");
        var json = JsonDocument.Parse((await RunAsync("pools", "show", "p", "--json")).Out).RootElement;
        (json.GetProperty("free").GetInt32(), json.GetProperty("denials")[0].GetProperty("count").GetInt32()).ShouldBe((0, 1));
    }

    [Theory]
    [InlineData(null, 60, ClaimStates.Unheard)]
    [InlineData(5, 55, ClaimStates.Live)]
    [InlineData(61, -1, ClaimStates.Overdue)]
    [InlineData(null, null, ClaimStates.Kept)]
    public void How_it_stands_with_a_claim_follows_from_its_times(int? heard, int? left, string state)
    {
        var holder = new HolderEntry("n", "p", "l", 1, _now, null, null, Ago(heard), left is { } s ? _now.AddSeconds(s) : null);
        var row = ClaimRow.Of(holder, _now);
        (row.State, row.HeartbeatAgeMs, row.ExpiresInMs).ShouldBe((state, heard * 1000L, left * 1000L));
    }

    [Fact]
    public void Owners_and_shards_stand_beside_pools_of_a_cluster_alone()
    {
        var policy = new PolicyParts(60_000, "fifo", true);
        var pool = new PoolEntry("p", 1, 5, 2, 3, policy, PolicyParts.None);
        Write(pool).ShouldNotContain("owner");
        Write(pool with { Shard = 7, Owner = "m2" }).ShouldMatch(@"\| heartbeats \| shard \| owner \|\n[^\n]+\n[^\n]*\| on         \| 7     \| m2    \|\n$");
        Write(pool with { Shard = 7 }).ShouldContain("| 7     | -     |");
    }

    private string _edge = string.Empty;

    private static DateTimeOffset? Ago(int? seconds) => seconds is { } some ? _now.AddSeconds(-some) : null;

    private static string Write(PoolEntry pool)
    {
        using var text = new StringWriter { NewLine = "\n" };
        PoolTable.Write(new TestShell(CommandName.Berth).Shell(text, text), [pool], plain: true);
        return text.ToString();
    }

    /// <summary>A member with five seats in the pool p, of which some are held.</summary>
    private async Task<BerthProcess> ServeAsync(int nodes)
    {
        _vendor.IssueTo(_folder, "a", machines: 5);
        (await RunAsync("add", _folder.File("a.lic"), "--public-key", _vendor.PublicKey, "--pool", "p", "--seats", "max")).Code.ShouldBe(0);
        var member = BerthProcess.Start(
            BerthProcess.Program, _folder.Path, ["serve", "-p", "0", "-b", "127.0.0.1", "--database", "x.sqlite", "--management-port", "off"]);
        _edge = (await member.WaitForEdgeAsync()).OriginalString;
        for (var node = 1; node <= nodes; node++)
        {
            (await RunAsync("claim", (node % 2 > 0 ? "cad-n" : "sim-n") + node, "--pool", "p", "--url", _edge)).Code.ShouldBe(0);
        }

        return member;
    }

    private async Task<(IReadOnlyList<string> Nodes, string? Next)> ListAsync(params string[] arguments)
    {
        var (code, text, error) = await RunAsync([.. arguments, "--json"]);
        code.ShouldBe(0, error);
        var listing = JsonDocument.Parse(text).RootElement;
        var nodes = listing.GetProperty("claims").EnumerateArray().Select(claim => claim.GetProperty("fingerprint").GetString()!).ToList();
        return (nodes, listing.TryGetProperty("next", out var next) ? next.GetString() : null);
    }

    private async Task<(int Code, string Out, string Error)> TypeAsync(string answer, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        using var input = new StringReader(answer + "\n");
        var shell = _berth.Shell(output, errors) with { In = input };
        var code = await CommandRun.RunAsync(shell, [.. arguments, "--database", _folder.File("x.sqlite")]);
        return (code, output.ToString(), errors.ToString());
    }

    private Task<(int Code, string Out, string Error)> RunAsync(params string[] arguments) =>
        _berth.RunAsync([.. arguments, "--database", _folder.File("x.sqlite")]);
}
