using System.Text.Json;
using Berth.Testing.Processes;

namespace Berth.Cli.Tests.Verbs;

/// <summary>Lists, whole and in pages.</summary>
public sealed class LsTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestVendor _vendor = new();
    private readonly TestShell _berth = new(CommandName.Berth);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pages_follow_each_other_to_the_end()
    {
        var ids = await AddAsync(5, "p");
        var first = await RunAsync("ls", "--limit", "2");
        first.Error.ShouldBe("more: --next '1:p'\n");
        Ids(first.Out).ShouldBe(ids.Take(2));
        var second = JsonDocument.Parse((await RunAsync("ls", "--limit", "2", "--next", "1:p", "--json")).Out).RootElement;
        second.GetProperty("licenses").EnumerateArray().Select(license => license.GetProperty("id").GetString()).ShouldBe(ids.Skip(2).Take(2));
        var last = await RunAsync("ls", "--next", second.GetProperty("next").GetString()!);
        (Ids(last.Out).Single(), last.Error).ShouldBe((ids[4], ""));
        (await RunAsync("ls", "--next", "4:p")).Out.ShouldBe("no more licenses\n");
        (await RunAsync("ls", "--next", "x")).ShouldBe((2, "", "Error: no page begins there\n"));
        (await RunAsync("ls", "--limit", "0")).Code.ShouldBe(2);
    }

    [Fact]
    public async Task The_pages_of_the_server_make_one_list()
    {
        var ids = await AddAsync(1_100, "p");
        Ids((await RunAsync("ls")).Out).ShouldBe(ids);
        var array = JsonDocument.Parse((await RunAsync("ls", "--json")).Out).RootElement;
        array.EnumerateArray().Select(license => license.GetProperty("id").GetString()).ShouldBe(ids);
        Ids((await RunAsync("ls", "--limit", "1050")).Out).ShouldBe(ids.Take(1_050));
    }

    [Fact]
    public async Task All_pools_are_listed_in_the_order_of_adding()
    {
        var late = await AddAsync(1, "z");
        var later = await AddAsync(1, "a", name: "m");
        Ids((await RunAsync("ls")).Out).ShouldBe([.. late, .. later]);
        Ids((await RunAsync("ls", "--limit", "5")).Out).ShouldBe([.. later, .. late]);
    }

    [Fact]
    public async Task No_licenses_are_an_empty_array()
    {
        await AddAsync(1, "p");
        (await RunAsync("ls", "--pool", "-", "--json")).Out.ShouldBe("[]\n");
    }

    private static IEnumerable<string> Ids(string table) =>
        table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(2).Select(line => line.Split(' ')[1]);

    private async Task<IReadOnlyList<string>> AddAsync(int count, string pool, string name = "l")
    {
        var ids = Enumerable.Range(0, count).Select(i => _vendor.IssueTo(_folder, $"{name}{i:0000}")).ToList();
        var files = Enumerable.Range(0, count).Select(i => _folder.File($"{name}{i:0000}.lic"));
        (await RunAsync(["add", .. files, "--pool", pool, "--public-key", _vendor.PublicKey])).Code.ShouldBe(0);
        return ids;
    }

    private Task<(int Code, string Out, string Error)> RunAsync(params string[] arguments) =>
        _berth.RunAsync([.. arguments, "--database", _folder.File("b.sqlite")]);
}
