using System.Text.Json;
using Berth.Licensing;
using Berth.Testing.Processes;

namespace Berth.Cli.Tests.Verbs;

/// <summary>What the audit verbs print and exit with, over a store that no member serves.</summary>
public sealed class AuditVerbsTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestVendor _vendor = new();
    private readonly TestShell _berth = new(CommandName.Berth);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_record_is_exported_verified_and_listed()
    {
        var id = await AddAsync();
        var key = MakeKey();
        var export = _folder.File("record.jsonl");
        (await RunAsync("audit", "export", export)).Code.ShouldBe(0);
        (await RunAsync("audit", "export", export)).Code.ShouldBe(7);
        (await RunAsync("audit", "export", export, "--force")).Code.ShouldBe(0);
        (OperatingSystem.IsWindows() || File.GetUnixFileMode(export) == (UnixFileMode.UserRead | UnixFileMode.UserWrite)).ShouldBeTrue();
        Directory.GetFiles(_folder.Path, "*.tmp").ShouldBeEmpty();

        var verified = await RunAsync("audit", "verify", export, "--public-key", key);
        (verified.Code, verified.Error).ShouldBe((0, ""));
        verified.Out.ShouldContain($"{key}, which is trusted");
        verified.Out.ShouldContain("proven: no grant was made while as many seats were active as there were\n");
        (await RunAsync("audit", "verify", export)).Out.ShouldContain("anybody could have signed it");
        (await RunAsync("audit", "verify", export, "--public-key", _vendor.PublicKey)).Code.ShouldBe(4);
        (await RunAsync("audit", "verify", export, "--public-key", "x")).Code.ShouldBe(2);
        (await RunAsync("audit", "verify", _folder.File("missing"))).Code.ShouldBe(3);
        var json = JsonDocument.Parse((await RunAsync("audit", "verify", "--json")).Out).RootElement;
        json.GetProperty("proven").GetBoolean().ShouldBeTrue();
        json.GetProperty("pools").EnumerateArray().Select(pool => pool.GetProperty("pool").GetString()).ShouldBe(["-", "p"]);

        var list = await RunAsync("audit", "ls", "--license", id, "--json");
        JsonDocument.Parse(list.Out).RootElement.GetProperty("events").EnumerateArray()
            .Select(happened => happened.GetProperty("event").GetString()).ShouldBe(["license.added"]);
        (await RunAsync("audit", "ls", "--pool", "p")).Out.ShouldContain("| pool.added ");
        (await RunAsync("audit", "ls", "--pool", "gone")).Code.ShouldBe(3);
        (await RunAsync("audit", "ls", "--event", "gone")).Code.ShouldBe(2);
    }

    [Fact]
    public async Task A_changed_record_is_refused_with_its_line()
    {
        await AddAsync();
        var export = _folder.File("record.jsonl");
        (await RunAsync("audit", "export", export)).Code.ShouldBe(0);
        var lines = await File.ReadAllLinesAsync(export);
        lines[^2] = lines[^2].Replace("\"seats\":1", "\"seats\":2", StringComparison.Ordinal);
        await File.WriteAllTextAsync(export, string.Concat(lines.Select(line => line + "\n")));
        var verified = await RunAsync("audit", "verify", export);
        verified.Code.ShouldBe(4);
        verified.Error.ShouldStartWith($"error: line {lines.Length - 1}: ");
        verified.Out.ShouldNotContain("proven");
    }

    private async Task<string> AddAsync()
    {
        var id = _vendor.IssueTo(_folder, "a");
        (await RunAsync("add", _folder.File("a.lic"), "--public-key", _vendor.PublicKey, "--pool", "p")).Code.ShouldBe(0);
        return id;
    }

    private string MakeKey()
    {
        var key = VendorKey.Generate();
        File.WriteAllText(_folder.File("x.sqlite.key"), key.ToSeedHex() + "\n");
        return key.PublicKeyHex;
    }

    private Task<(int Code, string Out, string Error)> RunAsync(params string[] arguments) =>
        _berth.RunAsync([.. arguments, "--database", _folder.File("x.sqlite")]);
}
