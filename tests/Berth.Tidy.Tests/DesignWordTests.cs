using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Berth.Tidy.Tests;

/// <summary>
/// What a DESIGN.md calls by name in backticks, such as `PoolActor` or `Pool.Decide`, is an identifier somewhere in the sources.
/// </summary>
public sealed partial class DesignWordTests
{
    /// <summary>Words of the framework that a page may use though no source does.</summary>
    private static readonly string[] _framework = ["TimeProvider", "HttpMessageInvoker", "HttpClient", "Task", "Channel"];

    [Fact]
    public void Names_are_those_of_the_sources()
    {
        var known = Checkout.All.SelectMany(Identifiers).Concat(_framework).ToHashSet();
        Markdown.Designs().SelectMany(page => Violations(page, Checkout.Read(page), known)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("the `PoolGone` decides", "PoolGone")]
    [InlineData("the `PoolActor.Gone` decides", "Gone")]
    [InlineData("calls `GoneAsync(pool, epoch)`", "GoneAsync")]
    public void A_stale_name_is_reported(string text, string expected) =>
        Violations("DESIGN.md", text, Known).ShouldHaveSingleItem().ShouldEndWith(" " + expected);

    [Theory]
    [InlineData("`PoolActor` `PoolActor.Decide` `Decide(state)` `TimeProvider`")]
    [InlineData("`Pool.cs` `SELECT` `NULL` `epoch` `Berth-Epoch` `Gone of it` Gone")]
    public void Known_names_and_other_words_are_not_reported(string text) => Violations("DESIGN.md", text, Known).ShouldBeEmpty();

    [Fact]
    public void Strings_and_comments_make_no_name_known() =>
        Identifiers(Source.Sample("class A { string s = \"Gone\"; } // Gone")).ShouldBe(["A", "s"]);

    private static HashSet<string> Known => [.. _framework, "PoolActor", "Decide"];

    private static IEnumerable<string> Violations(string page, string text, HashSet<string> known) =>
        Markdown.Code(text)
            .Select(code => Name.Match(code).Groups["name"].Value)
            .SelectMany(name => name.Split('.', StringSplitOptions.RemoveEmptyEntries))
            .Where(word => word.Any(char.IsLower) && !known.Contains(word))
            .Select(word => $"{page} uses a name that no source has: {word}");

    private static IEnumerable<string> Identifiers(Source source) =>
        source.Root.DescendantTokens().Where(token => token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.ValueText);

    [GeneratedRegex(@"^(?<name>[A-Z][A-Za-z0-9]*(\.[A-Z][A-Za-z0-9]*)*)(\(.*\))?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name { get; }
}
