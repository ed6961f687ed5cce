using System.Text.Json;
using Berth.Pools;
using Berth.Runtime.Pools;
using Berth.Storage;
using Berth.Testing.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Cli.Tests.Verbs;

/// <summary>What berth's verbs print and exit with, from making a key to removing a license.</summary>
public sealed class LicenseVerbsTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestVendor _vendor = new();
    private readonly TestShell _berth = new(CommandName.Berth);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Licenses_are_issued_added_listed_and_removed()
    {
        (await _berth.RunAsync("license", "keygen", _folder.File("vendor"))).Code.ShouldBe(0);
        (await _berth.RunAsync("license", "keygen", _folder.File("vendor"))).Code.ShouldBe(7);
        var issued = await _berth.RunAsync("license", "issue", "--vendor-key", _folder.File("vendor"), "--out", _folder.File("out"), "--count", "3", "--seats", "4", "--json");
        issued.Code.ShouldBe(0);
        var ids = JsonDocument.Parse(issued.Out).RootElement.EnumerateArray().Select(license => license.GetProperty("id").GetString()!).ToList();
        var added = await RunAsync("add", _folder.File("out"), "--public-key", _folder.File("vendor.pub"), "--pool", "p", "--seats", "max");
        added.ShouldBe((0, string.Concat(ids.Select(id => $"license added successfully: {id}\n")), ""));
        var list = await RunAsync("ls", "--pool", "p");
        list.Out.Split('\n').Skip(2).ShouldBe([.. ids.Select(id => $"| {id} | p    | 0      | 0/4     | -               | -                |"), ""]);
        (await RunAsync("pools", "ls")).Out.ShouldContain("| p    | 3        | 12    | 0    | 12   | 1m0s | fifo     | on         |\n");
        (await RunAsync("del", ids[0], ids[1])).Out.ShouldBe($"license deleted successfully: {ids[0]}\nlicense deleted successfully: {ids[1]}\n");
        (await RunAsync("ls", "--json")).Out.ShouldContain(ids[2]);
        (await RunAsync("stat", ids[2])).Out.ShouldContain($"| {ids[2]} | p ");
    }

    [Fact]
    public async Task Earlier_licenses_stay_and_the_culprit_is_named()
    {
        var ids = Enumerable.Range(0, 5).Select(i => _vendor.IssueTo(_folder, $"l{i}")).ToList();
        (await RunAsync("add", _folder.File("l3.lic"), "--public-key", _vendor.PublicKey)).Code.ShouldBe(0);
        var added = await RunAsync("add", _folder.Path, "--public-key", _vendor.PublicKey);
        added.Code.ShouldBe(7);
        added.Out.ShouldBe(string.Concat(ids.Take(3).Select(id => $"license added successfully: {id}\n")));
        added.Error.ShouldBe($"Error: {_folder.File("l3.lic")}: license with the provided key already exists\n");
        (await RunAsync("ls")).Out.ShouldNotContain(ids[4]);
    }

    [Fact]
    public async Task More_files_than_fit_into_one_request_are_added()
    {
        foreach (var i in Enumerable.Range(0, 300))
        {
            _vendor.IssueTo(_folder, $"l{i:000}");
        }

        (await RunAsync("add", _folder.Path, "--public-key", _vendor.PublicKey)).Code.ShouldBe(0);
        (await RunAsync("pools", "show", "-", "--json")).Out.ShouldContain("\"licenses\": 300");
    }

    [Fact]
    public async Task Keys_come_from_a_list()
    {
        var id = _vendor.IssueTo(_folder, "a");
        var key = await File.ReadAllTextAsync(_folder.File("a.key"));
        File.Delete(_folder.File("a.key"));
        (await RunAsync("add", _folder.File("a.lic"), "--public-key", _vendor.PublicKey)).Code.ShouldBe(2);
        await File.WriteAllTextAsync(_folder.File("keys"), $"a.lic\t{key}");
        (await RunAsync("add", "--keys", _folder.File("keys"), "--public-key", _vendor.PublicKey)).Out.ShouldContain(id);
    }

    [Fact]
    public async Task Exit_codes_mean_something()
    {
        _vendor.IssueTo(_folder, "a");
        (await RunAsync("ls")).Code.ShouldBe(3);
        (await RunAsync("add", _folder.File("a.lic"), "--public-key", new TestVendor().PublicKey)).Code.ShouldBe(4);
        (await RunAsync("add", _folder.File("none.lic"), "--key", "k", "--public-key", _vendor.PublicKey)).Code.ShouldBe(3);
        (await RunAsync("add", _folder.File("a.lic"), "--seats", "2", "--public-key", _vendor.PublicKey)).Code.ShouldBe(4);
        (await RunAsync("add", "--public-key", _vendor.PublicKey)).Code.ShouldBe(2);
        (await RunAsync("stat", "none")).ShouldBe((3, "", "Error: license none: license not found\n"));
        (await RunAsync("del", "none")).ShouldBe((3, "", "Error: license none not found\n"));
        (await RunAsync("ls", "--pool", "none")).ShouldBe((3, "", "Error: pool not found\n"));
        (await RunAsync("ls")).ShouldBe((0, "license pool is empty\n", ""));
        (await RunAsync("bogus")).Code.ShouldBe(2);
        (await RunAsync("pools")).ShouldBe((2, "", "Error: pools needs one of: ls, show, set\n"));
        (await _berth.RunAsync("pools", "--help")).Out.ShouldContain("Set what a pool does otherwise than the cluster");
        (await RunAsync("claim", "n", "--url", "http://127.0.0.1:1")).Code.ShouldBe(5);
    }

    [Fact]
    public async Task An_expired_file_is_refused_with_its_own_code()
    {
        var (_, file, key) = _vendor.Issue(ttl: TimeSpan.FromHours(1), issued: TimeProvider.System.GetUtcNow().AddDays(-1));
        await File.WriteAllBytesAsync(_folder.File("old.lic"), file);
        var added = await RunAsync("add", _folder.File("old.lic"), "--key", key, "--public-key", _vendor.PublicKey);
        added.ShouldBe((6, "", "Error: license decryption failed: license file is expired\n"));
        (await _berth.RunAsync("license", "inspect", _folder.File("old.lic"), "--key", key, "--public-key", _vendor.PublicKey)).Code.ShouldBe(6);
    }

    [Fact]
    public async Task A_license_past_its_end_is_added_with_a_warning()
    {
        var (id, file, key) = _vendor.Issue(expiry: new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await File.WriteAllBytesAsync(_folder.File("old.lic"), file);
        var added = await RunAsync("add", _folder.File("old.lic"), "--key", key, "--public-key", _vendor.PublicKey);
        added.ShouldBe((
            0,
            $"license added successfully: {id}\n",
            $"warning: license {id} ended at 2020-01-01 00:00:00Z: it gives no seats where expiry is enforced\n"));
        (await RunAsync("query", "-")).Out.ShouldBe("0\n");
        var future = _vendor.Issue(expiry: TimeProvider.System.GetUtcNow().AddDays(1));
        await File.WriteAllBytesAsync(_folder.File("new.lic"), future.File);
        (await RunAsync("add", _folder.File("new.lic"), "--key", future.Key, "--public-key", _vendor.PublicKey)).Error.ShouldBe("");
    }

    [Fact]
    public async Task Removing_a_held_license_says_who_keeps_what()
    {
        var id = _vendor.IssueTo(_folder, "a", machines: 3);
        await RunAsync("add", _folder.File("a.lic"), "--seats", "3", "--public-key", _vendor.PublicKey);
        await HoldAsync(_folder.File("b.sqlite"), "n1", "n2");
        (await RunAsync("del", id)).Out.ShouldBe(
            $"license deleted successfully: {id}\n" +
            "seats of it that are still held: 2; each stays with its holder until it is released, moved to another license by a heartbeat, " +
            "or silent for 1m0s, and nobody else gets it\n");
    }

    [Fact]
    public async Task The_free_seats_of_a_pool_are_one_number()
    {
        _vendor.IssueTo(_folder, "a", machines: 3);
        await RunAsync("add", _folder.File("a.lic"), "--seats", "3", "--pool", "p", "--public-key", _vendor.PublicKey);
        (await RunAsync("query", "p")).ShouldBe((0, "3\n", ""));
        (await RunAsync("query", "-", "--json")).Out.ShouldBe("{\n  \"pool\": \"-\",\n  \"free\": 0\n}\n");
        (await RunAsync("query", "none")).ShouldBe((3, "", "Error: pool not found\n"));
        (await RunAsync("query")).Code.ShouldBe(2);
        await HoldInAsync(_folder.File("b.sqlite"), "p", "n1");
        (await RunAsync("query", "p")).Out.ShouldBe("2\n");
    }

    [Fact]
    public async Task A_pools_exception_is_set_part_by_part()
    {
        _vendor.IssueTo(_folder, "a");
        await RunAsync("add", _folder.File("a.lic"), "--pool", "p", "--public-key", _vendor.PublicKey);
        (await RunAsync("pools", "set", "p", "--ttl", "90s")).Out.ShouldContain("| 1m30s* | fifo     | on         |");
        (await RunAsync("pools", "set", "p", "--strategy", "lifo", "--heartbeats", "false")).Out.ShouldContain("| 1m30s* | lifo*    | off*       |");
        (await RunAsync("pools", "set", "p", "--ttl", "cluster")).Out.ShouldContain("| 1m0s | lifo*    | off*       |");
        (await RunAsync("pools", "set", "p", "--clear")).Out.ShouldContain("| 1m0s | fifo     | on         |");
        (await RunAsync("pools", "set", "p", "--ttl", "5s")).Code.ShouldBe(2);
        (await RunAsync("pools", "set", "none", "--ttl", "60s")).Code.ShouldBe(3);
        (await RunAsync("pools", "set", "p")).Code.ShouldBe(2);
    }

    private Task<(int Code, string Out, string Error)> RunAsync(params string[] arguments) =>
        _berth.RunAsync([.. arguments, "--database", _folder.File("b.sqlite")]);

    private static Task HoldAsync(string database, params string[] nodes) => HoldInAsync(database, "-", nodes);

    /// <summary>Claims as a member does that serves the database.</summary>
    private static async Task HoldInAsync(string database, string pool, params string[] nodes)
    {
        await using var store = await Store.OpenAsync(StorageUri.OfFile(database), StoreUse.Serve, new StoreOptions());
        using var host = new PoolHost(store.Journal, store.Epoch, TimeProvider.System, new PoolHostOptions(), NullLogger.Instance);
        await host.StartAsync();
        foreach (var node in nodes)
        {
            (await host.SendAsync(new PoolName(pool), new ClaimSeat(new Fingerprint(node), Who.Nobody), default)).ShouldBeOfType<Granted>();
        }

        await host.StopAsync();
    }
}
