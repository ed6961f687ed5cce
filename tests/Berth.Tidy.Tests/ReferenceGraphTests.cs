using System.Xml.Linq;

namespace Berth.Tidy.Tests;

/// <summary>Which assembly of the product refers to which, and which ones do without packages.</summary>
public sealed class ReferenceGraphTests
{
    private static readonly Dictionary<string, string[]> _graph = new()
    {
        ["Berth.Pools"] = [],
        ["Berth.Runtime"] = ["Berth.Pools"],
        ["Berth.Storage"] = ["Berth.Runtime"],
        ["Berth.Licensing"] = [],
        ["Berth.Protocol"] = [],
        ["Berth.Server"] = ["Berth.Storage", "Berth.Licensing", "Berth.Protocol"],
        ["Berth.Cli"] = ["Berth.Server", "Berth.Licensing", "Berth.Protocol"],
        ["Berth.Client"] = ["Berth.Licensing", "Berth.Protocol"],
    };

    private static readonly string[] _withoutPackages = ["Berth.Pools", "Berth.Licensing"];

    [Fact]
    public void Projects_refer_to_each_other_as_designed()
    {
        var projects = Checkout.Files("src", "*.csproj").ToList();
        projects.ShouldNotBeEmpty();
        projects.SelectMany(path => Violations(path, Checkout.Read(path))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Berth.Pools", "<ProjectReference Include='x/Berth.Runtime.csproj' />", "Berth.Pools must not refer to Berth.Runtime")]
    [InlineData("Berth.Protocol", "<ProjectReference Include='x\\Berth.Pools.csproj' />", "Berth.Protocol must not refer to Berth.Pools")]
    [InlineData("Berth.Runtime", "", "Berth.Runtime must refer to Berth.Pools")]
    [InlineData("Berth.Pools", "<PackageReference Include='Polly' />", "Berth.Pools must do without Polly")]
    [InlineData("Berth.Licensing", "<FrameworkReference Include='Web' />", "Berth.Licensing must do without Web")]
    [InlineData("Berth.Licensing", "<Reference Include='BouncyCastle' />", "Berth.Licensing must do without BouncyCastle")]
    [InlineData("Berth.Misc", "", "Berth.Misc is not in the reference graph")]
    public void A_wrong_reference_is_reported(string name, string items, string expected) =>
        Violations(PathOf(name), Project(items)).ShouldBe([expected]);

    [Fact]
    public void Designed_references_and_packages_elsewhere_are_not_reported() =>
        Violations(PathOf("Berth.Storage"), Project(
            "<ProjectReference Include='../Berth.Runtime/Berth.Runtime.csproj' /><PackageReference Include='Npgsql' />")).ShouldBeEmpty();

    private static IEnumerable<string> Violations(string path, string csproj)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        if (!_graph.TryGetValue(name, out var designed))
        {
            return [$"{name} is not in the reference graph"];
        }

        var items = XDocument.Parse(csproj).Descendants().ToLookup(item => item.Name.LocalName, item => (string?)item.Attribute("Include"));
        var actual = items["ProjectReference"].Select(include => Path.GetFileNameWithoutExtension(include!.Replace('\\', '/'))).ToList();
        string[] outside = _withoutPackages.Contains(name) ? ["PackageReference", "FrameworkReference", "Reference"] : [];
        return actual.Except(designed).Select(other => $"{name} must not refer to {other}")
            .Concat(designed.Except(actual).Select(other => $"{name} must refer to {other}"))
            .Concat(outside.SelectMany(kind => items[kind]).Select(package => $"{name} must do without {package}"));
    }

    private static string PathOf(string name) => $"src/{name}/{name}.csproj";

    private static string Project(string items) => $"<Project Sdk='Microsoft.NET.Sdk'><ItemGroup>{items}</ItemGroup></Project>";
}
