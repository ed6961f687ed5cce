using System.Text.Json;
using Berth.Testing.Processes;

namespace Berth.Cli.Tests.Verbs;

public sealed class ImportVerbTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestVendor _vendor = new();
    private readonly TestShell _berth = new("berth");

    private string Relay => _folder.File("relay.sqlite");

    private string Store => _folder.File("berth.sqlite");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pools_licenses_claims_and_counters_are_taken_over_once()
    {
        var (held, free) = Make();
        var first = await ImportAsync("--public-key", _vendor.PublicKey);
        first.ShouldBe((0, """
            pools      3
            licenses   2, and 0 that were there already; 0 left out
            claims     1 live; 0 left out
            counters   8 claims so far
            signatures checked

            """, string.Empty));
        var licenses = JsonDocument.Parse((await _berth.RunAsync("ls", "--json", "--database", Store)).Out).RootElement;
        var (a, b) = (License(licenses, held), License(licenses, free));
        a.GetProperty("pool").GetString().ShouldBe("cad");
        a.GetProperty("holders")[0].GetProperty("fingerprint").GetString().ShouldBe("n1");
        a.GetProperty("claims").GetInt64().ShouldBe(1);
        a.GetProperty("lastClaimedAt").GetDateTimeOffset().ToUnixTimeSeconds().ShouldBe(1_700_000_500);
        a.TryGetProperty("lastReleasedAt", out _).ShouldBeFalse();
        b.GetProperty("claims").GetInt64().ShouldBe(7);
        b.GetProperty("lastReleasedAt").GetDateTimeOffset().ToUnixTimeSeconds().ShouldBe(1_700_000_300);
        b.GetProperty("addedAt").GetDateTimeOffset().ToUnixTimeSeconds().ShouldBe(1_700_000_001);
        b.GetProperty("expiresAt").GetDateTimeOffset().ToUnixTimeSeconds().ShouldBe(2_000_000_000);
        (await ImportAsync()).Out.ShouldStartWith("pools      3\nlicenses   0, and 2 that were there already; 0 left out\nclaims     0 live");
        (await _berth.RunAsync("pools", "ls", "--json", "--database", Store)).Out.ShouldContain("\"name\": \"empty\"");
    }

    [Fact]
    public async Task A_dry_run_says_the_same_and_writes_nothing()
    {
        Make();
        var dry = await ImportAsync("--dry-run");
        Directory.GetFiles(_folder.Path).ShouldNotContain(path => path.StartsWith(Store, StringComparison.Ordinal));
        var summary = dry.Out.Split('\n', 2);
        summary[0].ShouldBe("nothing was written; this is what an import would do");
        (await ImportAsync()).ShouldBe((0, summary[1], string.Empty));
        (await ImportAsync("--dry-run")).Out.ShouldContain("licenses   0, and 2 that were there already");
    }

    [Fact]
    public async Task An_import_that_did_not_end_is_completed()
    {
        Make();
        (await ImportAsync()).Code.ShouldBe(0);
        string late;
        using (var relay = new RelayDatabaseFile(_folder.File("more.sqlite")))
        {
            relay.AddPool("later");
            late = relay.Add(_vendor, "later");
        }

        (await _berth.RunAsync("import", _folder.File("more.sqlite"), "--database", Store)).Out.ShouldContain("licenses   1, and 0");
        (await _berth.RunAsync("stat", late, "--database", Store)).Code.ShouldBe(0);
    }

    [Fact]
    public async Task What_is_invalid_refuses_all_or_is_left_out()
    {
        string good, odd;
        using (var relay = new RelayDatabaseFile(Relay))
        {
            (good, odd) = (relay.Add(_vendor), relay.Add(_vendor));
            relay.Hold(odd, new byte[] { 0xff });
            relay.AddPool("a\nb");
            relay.Add(_vendor, "a\nb");
        }

        var refused = await ImportAsync();
        (refused.Code, refused.Out).ShouldBe((4, string.Empty));
        refused.Error.ShouldContain("left out: pool a\\u000ab: a name has 1 to 128 bytes of UTF-8 and no control characters\n");
        refused.Error.ShouldEndWith("Error: not everything can be taken over: nothing was imported; --skip-invalid leaves these out\n");
        File.Exists(Store).ShouldBeFalse();
        var skipped = await ImportAsync("--skip-invalid");
        skipped.Code.ShouldBe(0);
        skipped.Out.ShouldContain("licenses   2, and 0 that were there already; 1 left out\nclaims     0 live; 1 left out\n");
        (await _berth.RunAsync("ls", "--database", Store)).Out.ShouldContain($"| {odd} | -    | 1      | -       |");
        (await _berth.RunAsync("ls", "--database", Store)).Out.ShouldContain(good);
    }

    [Fact]
    public async Task A_file_of_another_vendor_is_found_and_one_that_its_key_does_not_open_has_no_end()
    {
        var (held, _) = Make();
        var other = await ImportAsync("--public-key", new TestVendor().PublicKey);
        other.Code.ShouldBe(4);
        other.Error.ShouldContain($"left out: license {held}: its file is not signed with the public key that was given");
        using (var relay = new RelayDatabaseFile(_folder.File("odd.sqlite")))
        {
            relay.Add(_vendor);
            relay.Execute("UPDATE licenses SET key = 'other'");
        }

        var (code, output, _) = await _berth.RunAsync("import", _folder.File("odd.sqlite"), "--database", Store);
        code.ShouldBe(0);
        output.ShouldContain("its key does not open its file: when it expires is not known, so it never does");
    }

    [Fact]
    public async Task A_node_that_holds_a_seat_here_gets_no_second_one()
    {
        Make();
        (await ImportAsync()).Code.ShouldBe(0);
        using (var relay = new RelayDatabaseFile(_folder.File("second.sqlite")))
        {
            relay.AddPool("cad");
            relay.Hold(relay.Add(_vendor, "cad"), "n1");
        }

        var again = await _berth.RunAsync("import", _folder.File("second.sqlite"), "--database", Store);
        (again.Code, again.Out).ShouldBe((4, string.Empty));
        again.Error.ShouldContain("its holder holds another seat here already");
    }

    [Fact]
    public async Task What_makes_no_sense_is_said_before_anything_is_done()
    {
        Make();
        (await _berth.RunAsync("import")).Code.ShouldBe(2);
        (await _berth.RunAsync("import", Relay, "--database", Relay)).Error.ShouldContain("is the store itself");
        (await _berth.RunAsync("import", _folder.File("none"), "--database", Store)).Code.ShouldBe(3);
        (await ImportAsync("--public-key", "zz")).Code.ShouldBe(2);
        (await ImportAsync("--ttl", "29s")).Code.ShouldBe(2);
        (await ImportAsync()).Code.ShouldBe(0);
        (await _berth.RunAsync("import", Store, "--database", _folder.File("x.sqlite"))).Error.ShouldContain("is not a database of Keygen Relay");
    }

    [Theory]
    [InlineData("fifo")]
    [InlineData("lifo")]
    public async Task Through_a_member_that_serves_nodes_go_on_and_the_order_is_kept(string strategy)
    {
        string[] ids;
        using (var relay = new RelayDatabaseFile(Relay))
        {
            ids = [relay.Add(_vendor, created: 20), relay.Add(_vendor, created: 10), relay.Add(_vendor, created: 20), relay.Add(_vendor, created: 15)];
            relay.Hold(ids[3], "n1");
        }

        await using var member = BerthProcess.Start(
            BerthProcess.Program, _folder.Path, ["serve", "-p", "0", "-b", "127.0.0.1", "--strategy", strategy]);
        using var calls = new NodeCalls(await member.WaitForEdgeAsync());
        (await ImportAsync("--ttl", "10m")).Error.ShouldContain("lets a node be silent for 1m0s only");
        (await ImportAsync()).Code.ShouldBe(0);
        (await calls.PutAsync("n1")).Status.ShouldBe(202);
        var order = new[] { ids[1], ids[0], ids[2] };
        foreach (var id in strategy == "fifo" ? order : [.. order.Reverse()])
        {
            (await calls.PutAsync($"node-{id}")).Status.ShouldBe(201);
            var holder = JsonDocument.Parse((await _berth.RunAsync("stat", id, "--json", "--database", Store)).Out).RootElement.GetProperty("holders")[0];
            holder.GetProperty("fingerprint").GetString().ShouldBe($"node-{id}");
        }

        (await calls.PutAsync("n2")).Status.ShouldBe(410);
        (await calls.DeleteAsync("n1")).Status.ShouldBe(204);
    }

    [Fact]
    public async Task A_ttl_that_is_named_is_recorded_and_kept_for_the_claims()
    {
        Make();
        (await ImportAsync("--ttl", "10m")).Code.ShouldBe(0);
        (await _berth.RunAsync("pools", "ls", "--database", Store)).Out.ShouldContain("| 10m0s ");
        await using var member = BerthProcess.Start(BerthProcess.Program, _folder.Path, ["serve", "-p", "0", "-b", "127.0.0.1"]);
        using var calls = new NodeCalls(await member.WaitForEdgeAsync());
        var (status, body) = await calls.PutAsync("n1", "cad");
        status.ShouldBe(202);
        body.ShouldContain("\"expires_in\":600");
    }

    private static JsonElement License(JsonElement all, string id) =>
        all.EnumerateArray().Single(license => license.GetProperty("id").GetString() == id);

    private (string Held, string Free) Make()
    {
        using var relay = new RelayDatabaseFile(Relay);
        relay.AddPool("cad");
        relay.AddPool("empty");
        var held = relay.Add(_vendor, "cad");
        var free = relay.Add(_vendor, created: 1_700_000_001, expiry: DateTimeOffset.FromUnixTimeSeconds(2_000_000_000));
        relay.Count(free, 7, 1_700_000_300);
        relay.Hold(held, "n1");
        return (held, free);
    }

    private Task<(int Code, string Out, string Error)> ImportAsync(params string[] flags) =>
        _berth.RunAsync(["import", Relay, "--database", Store, .. flags]);
}
