using System.Security.Cryptography;
using System.Text.Json;

namespace Berth.Bundle.Tests;

/// <summary>The bill of materials in the bundle, against the lock files and the packages themselves.</summary>
public sealed class BillTests(MadeBundle bundle) : IDisposable
{
    private const string Locked = "nuget:contentHash";

    private readonly JsonDocument _bill = JsonDocument.Parse(File.ReadAllBytes(bundle.File("sbom.cdx.json")));

    public void Dispose() => _bill.Dispose();

    [Fact]
    public void It_is_CycloneDX_of_this_version()
    {
        var root = _bill.RootElement;
        root.GetProperty("bomFormat").GetString().ShouldBe("CycloneDX");
        root.GetProperty("specVersion").GetString().ShouldBe("1.5");
        root.GetProperty("serialNumber").GetString()!.ShouldMatch("^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$");
        root.GetProperty("metadata").GetProperty("component").GetProperty("version").GetString().ShouldBe(bundle.Version);
    }

    [Fact]
    public void It_names_every_package_of_the_lock_files_once_and_no_other()
    {
        var named = Components().Where(component => Property(component, Locked).Any()).Select(component =>
            (Text(component, "name"), Text(component, "version"), Property(component, Locked).Single(), Uses(component))).ToList();
        named.ShouldBe(LockedPackages(), ignoreOrder: true);
        Components().Select(component => Text(component, "bom-ref")).ShouldBeUnique();
        Components().Count().ShouldBe(named.Count + (HasRuntime ? 3 : 1));
    }

    [Fact]
    public void Its_hashes_are_those_of_the_packages_in_the_bundle()
    {
        foreach (var component in Components().Where(component => Text(component, "purl").StartsWith("pkg:nuget/", StringComparison.Ordinal)))
        {
            var file = $"source/packages/{Text(component, "name")}.{Text(component, "version")}.nupkg".ToLowerInvariant();
            var hash = component.GetProperty("hashes").EnumerateArray().Single();
            Text(hash, "alg").ShouldBe("SHA-512");
            Text(hash, "content").ShouldBe(Convert.ToHexStringLower(SHA512.HashData(File.ReadAllBytes(bundle.File(file)))));
        }
    }

    [Fact]
    public void Sqlite_and_the_runtime_inside_are_named()
    {
        var sqlite = Components().Single(component => Text(component, "name") == "SQLite");
        Text(sqlite, "purl").ShouldMatch(@"^pkg:generic/sqlite@3\.\d+\.\d+$");
        Components().Count(component => Text(component, "type") == "framework").ShouldBe(HasRuntime ? 2 : 0);
    }

    [Fact]
    public void Every_component_says_who_made_it_and_under_which_license()
    {
        var all = Components().Append(_bill.RootElement.GetProperty("metadata").GetProperty("component")).ToList();
        all.Where(component => Text(component, "author").Length == 0).ShouldBeEmpty();
        License("berth").ShouldBe("MIT");
        License("Npgsql").ShouldBe("PostgreSQL");
        License("SourceGear.sqlite3").ShouldBe("LICENSE.txt in the package");
        all.Select(component => License(Text(component, "name"))).ShouldAllBe(license => license.Length > 0);

        string License(string name)
        {
            var license = all.Single(component => Text(component, "name") == name).GetProperty("licenses").EnumerateArray().Single();
            return license.TryGetProperty("expression", out var expression) ? expression.GetString()! : Text(license.GetProperty("license"), "name");
        }
    }

    [Fact]
    public void What_only_the_compiler_uses_is_excluded()
    {
        Scope("Meziantou.Analyzer").ShouldBe("excluded");
        Scope("Npgsql").ShouldBe("required");
        string Scope(string name) => Text(Components().Single(component => Text(component, "name") == name), "scope");
    }

    [Fact]
    public void Every_dependency_is_a_component_and_every_component_says_what_it_depends_on()
    {
        var known = Components().Select(component => Text(component, "bom-ref")).ToHashSet();
        var dependencies = _bill.RootElement.GetProperty("dependencies").EnumerateArray().ToList();
        dependencies.Select(one => Text(one, "ref")).ShouldBe([Text(_bill.RootElement.GetProperty("metadata").GetProperty("component"), "bom-ref"), .. known], ignoreOrder: true);
        dependencies.SelectMany(one => one.GetProperty("dependsOn").EnumerateArray()).Select(url => url.GetString()!).Except(known).ShouldBeEmpty();
        var npgsql = dependencies.Single(one => Text(one, "ref").StartsWith("pkg:nuget/Npgsql@", StringComparison.Ordinal));
        npgsql.GetProperty("dependsOn").EnumerateArray().ShouldContain(url => url.GetString()!.StartsWith("pkg:nuget/Microsoft.Extensions.Logging.Abstractions@"));
    }

    /// <summary>Only the self-contained program has the runtime in it; the one that tests are quick with has not.</summary>
    private bool HasRuntime => new FileInfo(bundle.File("linux-x64/berth")).Length > 50_000_000;

    private IEnumerable<JsonElement> Components() => _bill.RootElement.GetProperty("components").EnumerateArray();

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static IEnumerable<string> Property(JsonElement component, string name) =>
        component.TryGetProperty("properties", out var properties)
            ? properties.EnumerateArray().Where(property => Text(property, "name") == name).Select(property => Text(property, "value"))
            : [];

    private static string Uses(JsonElement component) => string.Join(
        ' ', Property(component, "berth:direct").Select(use => use + "!").Concat(Property(component, "berth:transitive")).Order(StringComparer.Ordinal));

    /// <summary>Name, version, hash and the projects that use it, those that name it with a mark, from the lock files read anew.</summary>
    private static IEnumerable<(string, string, string, string)> LockedPackages() =>
        Directory.GetDirectories(Path.Combine(Command.Root, "src"))
            .SelectMany(project => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(project, "packages.lock.json"))).RootElement
                .GetProperty("dependencies").EnumerateObject().SelectMany(framework => framework.Value.EnumerateObject())
                .Where(entry => Text(entry.Value, "type") != "Project")
                .Select(entry => (
                    Key: (entry.Name, Text(entry.Value, "resolved"), Text(entry.Value, "contentHash")),
                    Use: Path.GetFileName(project) + (Text(entry.Value, "type") == "Direct" ? "!" : string.Empty))))
            .GroupBy(use => use.Key, use => use.Use)
            .Select(group => (group.Key.Name, group.Key.Item2, group.Key.Item3, string.Join(' ', group.Distinct().Order(StringComparer.Ordinal))));
}
