using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Berth.Tidy.Tests;

/// <summary>Each project of the product has its test project; one that holds only data (Berth.Protocol at first) needs none.</summary>
public sealed class ProjectMirrorTests
{
    private const string DataOnly = "Berth.Protocol";

    [Fact]
    public void Projects_have_their_tests()
    {
        var projects = Names("src");
        projects.ShouldNotBeEmpty();
        Violations(projects, Names("tests"), Checkout.Product).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Berth.Pools", "record A(int X);")]
    [InlineData("Berth.Protocol", "class ManagementClient { void Send() { } }")]
    [InlineData("Berth.Protocol", "static class Routes { const string A = \"a\"; static string Of(int x) => A; }")]
    [InlineData("Berth.Protocol", "record A(int X) { int Twice() => 2 * X; }")]
    public void A_project_without_tests_is_reported(string name, string text) =>
        Violations([name], ["Berth.Other.Tests"], [Source.Sample(text, $"src/{name}/A.cs")])
            .ShouldBe([$"src/{name} has no tests/{name}.Tests"]);

    [Theory]
    [InlineData("record A(int X); record struct B(int X); enum C { D }")]
    [InlineData("static class Routes { public const string A = \"a\"; }")]
    [InlineData("partial class WireJson : JsonSerializerContext { static string M() => \"\"; }")]
    public void A_project_of_data_needs_no_tests(string text) =>
        Violations([DataOnly], [], [Source.Sample(text, $"src/{DataOnly}/A.cs")]).ShouldBeEmpty();

    [Fact]
    public void A_project_with_tests_is_not_reported() => Violations(["Berth.Pools"], ["Berth.Pools.Tests"], []).ShouldBeEmpty();

    private static IEnumerable<string> Violations(
        IEnumerable<string> projects,
        IReadOnlyCollection<string> tests,
        IEnumerable<Source> product) =>
        projects.Where(name => !tests.Contains(name + ".Tests"))
            .Where(name => name != DataOnly || !TypesOf(name, product).All(IsData))
            .Select(name => $"src/{name} has no tests/{name}.Tests");

    private static IEnumerable<BaseTypeDeclarationSyntax> TypesOf(string project, IEnumerable<Source> product) =>
        product.Where(source => source.IsUnder("src/" + project)).SelectMany(source => source.Types);

    private static bool IsData(BaseTypeDeclarationSyntax type) =>
        type is not TypeDeclarationSyntax declared
        || declared.BaseNames().Contains("JsonSerializerContext")
        || (declared is RecordDeclarationSyntax || declared.HasModifier("static"))
            && !declared.Members.Any(member => member is MethodDeclarationSyntax);

    private static IReadOnlyList<string> Names(string folder) =>
        [.. Checkout.Files(folder, "*.csproj").Select(path => Path.GetFileNameWithoutExtension(path))];
}
