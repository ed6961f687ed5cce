using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Berth.Tidy.Tests;

/// <summary>A file called …Tests.cs has a test: a fact or theory of its own, or an abstract suite that its class derives from.</summary>
public sealed class TestFileTests
{
    [Fact]
    public void Test_files_have_tests()
    {
        Checkout.Tests.ShouldNotBeEmpty();
        Violations(Checkout.Tests).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("public class ATests { void M() { } }")]
    [InlineData("public class ATests { [Obsolete] public void Fact() { } }")]
    [InlineData("public class ATests : Gone;")]
    [InlineData("public class ATests : ATests;")]
    [InlineData("// [Fact]")]
    public void A_file_without_a_test_is_reported(string text) => Violations([Tests(text)]).ShouldBe(["tests/A/ATests.cs has no test"]);

    [Theory]
    [InlineData("public class ATests { [Fact] public void M() { } }")]
    [InlineData("public class ATests { [Xunit.TheoryAttribute, InlineData(1)] public void M(int x) { } }")]
    [InlineData("public class ATests : Middle;")]
    public void A_test_of_its_own_or_of_its_suite_is_enough(string text) => Violations([Tests(text), Suite()]).ShouldBeEmpty();

    private static IEnumerable<string> Violations(IReadOnlyCollection<Source> sources)
    {
        var types = sources.SelectMany(source => source.Types).ToLookup(type => type.Identifier.ValueText);
        return sources.Where(source => source.Path.EndsWith("Tests.cs", StringComparison.Ordinal))
            .Where(source => !source.Types.Any(type => HasTest(type, types, [])))
            .Select(source => $"{source.Path} has no test");
    }

    private static bool HasTest(
        BaseTypeDeclarationSyntax type,
        ILookup<string, BaseTypeDeclarationSyntax> types,
        HashSet<BaseTypeDeclarationSyntax> seen) =>
        seen.Add(type)
        && (type is TypeDeclarationSyntax declared && declared.Members.OfType<MethodDeclarationSyntax>().Any(IsTest)
            || type.BaseNames().SelectMany(name => types[name]).Any(suite => HasTest(suite, types, seen)));

    private static bool IsTest(MethodDeclarationSyntax method) => method.AttributeNames().Any(name => name is "Fact" or "Theory");

    private static Source Tests(string text) => Source.Sample(text, "tests/A/ATests.cs");

    private static Source Suite() =>
        Source.Sample("abstract class Suite { [Fact] public void M() { } } abstract class Middle : Suite;", "tests/A/Suite.cs");
}
