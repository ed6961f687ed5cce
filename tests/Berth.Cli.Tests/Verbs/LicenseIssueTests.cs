using Berth.Testing.Processes;

namespace Berth.Cli.Tests.Verbs;

/// <summary>Many licenses from a template or a list in one call.</summary>
public sealed class LicenseIssueTests : IDisposable
{
    private const string Template = """{"data":{"attributes":{"name":"Site {n}","maxMachines":"{#n}"}},"meta":{"ttl":3600}}""";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TestFolder _folder = new();
    private readonly TestShell _berth = new(CommandName.Berth);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_template_and_a_count_make_files_that_the_index_adds()
    {
        await VendorAsync();
        (await IssueAsync("--template", Write("t.json", Template), "--count", "300")).Code.ShouldBe(0);
        var index = await File.ReadAllLinesAsync(_folder.File("out/licenses.tsv"));
        index.Length.ShouldBe(300);
        index[41].ShouldBe($"license-0042.lic\t{(await File.ReadAllTextAsync(_folder.File("out/license-0042.key"))).Trim()}");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(_folder.File("out/licenses.tsv")).ShouldBe(OwnerOnly);
            File.GetUnixFileMode(_folder.File("out/license-0300.key")).ShouldBe(OwnerOnly);
        }

        var inspected = await _berth.RunAsync("license", "inspect", _folder.File("out/license-0042.lic"), "--public-key", _folder.File("vendor.pub"));
        (inspected.Code, inspected.Out.Contains("name             Site 42\nmachines         42\n", StringComparison.Ordinal)).ShouldBe((0, true));
        foreach (var key in Directory.EnumerateFiles(_folder.File("out"), "*.key"))
        {
            File.Delete(key);
        }

        var added = await _berth.RunAsync(
            "add", "--keys", _folder.File("out/licenses.tsv"), "--seats", "max", "--public-key", _folder.File("vendor.pub"), "--database", _folder.File("b.sqlite"));
        added.Code.ShouldBe(0);
        (await _berth.RunAsync("query", "-", "--database", _folder.File("b.sqlite"))).ShouldBe((0, "45150\n", ""));
    }

    [Fact]
    public async Task A_list_gives_each_license_its_own_values()
    {
        await VendorAsync();
        var list = Write("list.csv", "name,maxMachines,expiry,key\nOne,5,2030-01-31,OWN-KEY\n\n\"Two, the second\",,,\n");
        (await IssueAsync("--list", list, "--seats", "3")).Code.ShouldBe(0);
        (await InspectAsync("license-0001")).ShouldContain("name             One\nmachines         5\nlicense expires  2030-01-31 00:00:00Z\n");
        (await InspectAsync("license-0002")).ShouldContain("name             Two, the second\nmachines         3\nlicense expires  never\n");
        (await File.ReadAllTextAsync(_folder.File("out/license-0001.key"))).ShouldBe("OWN-KEY\n");
    }

    [Theory]
    [InlineData("name\nx,y\n", "list.csv:2: 2 values for 1 columns (name)")]
    [InlineData("name,expiry\na,2027-01-01\n\nb,soon\n", "list.csv:4: invalid argument \"soon\" for \"--expiry\" flag")]
    [InlineData("maxMachines\n1\n0\n", "list.csv:3: invalid argument \"0\" for maxMachines: must be 1 to 1000000")]
    [InlineData("name\n\"a\n", "list.csv:2: quotes do not match")]
    [InlineData("name\n", "list.csv has no licenses: write the names of the columns, then one line for each license")]
    [InlineData("site\na\n", "the list's column site is used nowhere")]
    public async Task A_list_that_makes_no_sense_is_refused_with_its_line(string text, string message)
    {
        await VendorAsync();
        var issued = await IssueAsync("--list", Write("list.csv", text));
        issued.Error.ShouldContain(message);
        issued.Code.ShouldNotBe(0);
        Directory.Exists(_folder.File("out")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_template_that_makes_no_sense_is_refused_with_its_line()
    {
        await VendorAsync();
        var template = Write("t.json", "{\"data\": {\n\"attributes\": {\"name\": \"{site}\"}}}");
        (await IssueAsync("--template", template)).ShouldBe((2, "", $"Error: {template}: line 2: {{site}} means nothing: there are {{n}}, {{id}}, {{key}}\n"));
        (await IssueAsync("--template", _folder.File("none.json"))).Code.ShouldBe(3);
        (await IssueAsync("--template", template, "--seats", "2")).Error.ShouldBe($"Error: --seats and --template exclude each other: write it into {template}\n");
        (await IssueAsync("--list", template, "--count", "2")).Error.ShouldBe("Error: either --count or --list, not both\n");
        Directory.Exists(_folder.File("out")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("license-0300.lic")]
    [InlineData("license-0001.key")]
    [InlineData("licenses.tsv")]
    public async Task Nothing_is_replaced_and_nothing_half_is_left(string there)
    {
        await VendorAsync();
        Directory.CreateDirectory(_folder.File("out"));
        Write("out/" + there, "mine");
        var issued = await IssueAsync("--count", "300");
        issued.ShouldBe((7, "", $"Error: {_folder.File("out/" + there)} exists already: choose another folder or --prefix\n"));
        Directory.EnumerateFiles(_folder.File("out")).Select(Path.GetFileName).ShouldBe([there]);
        (await File.ReadAllTextAsync(_folder.File("out/" + there))).ShouldBe("mine");
    }

    [Fact]
    public async Task A_failure_on_the_way_takes_back_what_was_written()
    {
        await VendorAsync();
        var list = Write("list.csv", "key\n" + string.Concat(Enumerable.Range(1, 200).Select(i => $"K{(i == 150 ? 20 : i)}\n")));
        var issued = await IssueAsync("--list", list);
        issued.ShouldBe((1, "", "Error: licenses 20 and 150 have the same key: write {key} or {n} into it\n"));
        Directory.EnumerateFileSystemEntries(_folder.File("out")).ShouldBeEmpty();
    }

    [Fact]
    public async Task One_license_makes_no_index()
    {
        await VendorAsync();
        (await IssueAsync()).Code.ShouldBe(0);
        Directory.EnumerateFiles(_folder.File("out")).Count().ShouldBe(2);
    }

    private async Task VendorAsync() => (await _berth.RunAsync("license", "keygen", _folder.File("vendor"))).Code.ShouldBe(0);

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder.File(name), text);
        return _folder.File(name);
    }

    private async Task<string> InspectAsync(string name) => (await _berth.RunAsync("license", "inspect", _folder.File($"out/{name}.lic"))).Out;

    private Task<(int Code, string Out, string Error)> IssueAsync(params string[] more) =>
        _berth.RunAsync(["license", "issue", "--vendor-key", _folder.File("vendor"), "--out", _folder.File("out"), .. more]);
}
