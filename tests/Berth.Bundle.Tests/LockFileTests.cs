using System.Text;
using Berth.Sbom;

namespace Berth.Bundle.Tests;

/// <summary>How lock files become components.</summary>
public sealed class LockFileTests
{
    [Fact]
    public void A_package_of_two_projects_is_one_component_with_both()
    {
        var packages = new LockedPackages();
        packages.Add("App", Lock(Entry("Inner.Part", "Transitive", "1.0.0", "aa==")));
        packages.Add("Lib", Lock(Entry("Inner.Part", "Direct", "1.0.0", "aa==")));
        var component = packages.Components.ShouldHaveSingleItem();
        component.DirectIn.ShouldBe(["Lib"]);
        component.TransitiveIn.ShouldBe(["App"]);
        component.Url.ShouldBe("pkg:nuget/Inner.Part@1.0.0");
    }

    [Fact]
    public void Two_versions_are_two_components_and_projects_are_none()
    {
        var packages = new LockedPackages();
        packages.Add("App", Lock(Entry("A", "Direct", "1.0.0", "aa=="), """ "lib": { "type": "Project" } """));
        packages.Add("Tool", Lock(Entry("A", "Direct", "2.0.0", "bb==")));
        packages.Components.Select(component => component.Version).ShouldBe(["1.0.0", "2.0.0"]);
    }

    [Fact]
    public void Needs_are_those_of_the_same_lock_file_whatever_their_case()
    {
        var packages = new LockedPackages();
        packages.Add("App", Lock(
            Entry("A", "Direct", "1.0.0", "aa==", """ "dependencies": { "inner.part": "0.9.0", "System.Gone": "4.0.0" } """),
            Entry("Inner.Part", "Transitive", "1.1.0", "bb==")));
        packages.Components.First().Needs.ShouldBe(["pkg:nuget/Inner.Part@1.1.0"]);
    }

    [Fact]
    public void Lock_files_that_disagree_about_a_package_are_refused()
    {
        var packages = new LockedPackages();
        packages.Add("App", Lock(Entry("A", "Direct", "1.0.0", "aa==")));
        Should.Throw<InvalidDataException>(() => packages.Add("Lib", Lock(Entry("A", "Direct", "1.0.0", "bb=="))))
            .Message.ShouldContain("A 1.0.0");
    }

    private static string Entry(string name, string type, string version, string hash, string? more = null) =>
        $$""" "{{name}}": { "type": "{{type}}", "resolved": "{{version}}", "contentHash": "{{hash}}"{{(more is null ? "" : "," + more)}} } """;

    private static byte[] Lock(params string[] entries) =>
        Encoding.UTF8.GetBytes($$"""{ "version": 2, "dependencies": { "net10.0": { {{string.Join(',', entries)}} } } }""");
}
