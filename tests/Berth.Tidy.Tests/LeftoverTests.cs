using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Berth.Tidy.Tests;

/// <summary>
/// What is not finished, folded away or switched off: regions, reminders, stubs, skipped tests, swallowed exceptions, silenced
/// warnings.
/// </summary>
public sealed partial class LeftoverTests
{
    [Fact]
    public void Nothing_is_left_over() => Checkout.All.SelectMany(Violations).ShouldBeEmpty();

    [Theory]
    [InlineData("#region Fields\n#endregion", "a region")]
    [InlineData("// TODO: later\nclass A;", "a reminder")]
    [InlineData("/* first\n TODO */ class A;", "a reminder")]
    [InlineData("/// <summary>TODO</summary>\nclass A;", "a reminder")]
    [InlineData("class A { void M() => throw new System.NotImplementedException(); }", "NotImplementedException")]
    [InlineData("class A { [Fact(Skip = \"slow\")] void M() { } }", "a skipped test")]
    [InlineData("class A { void M() { try { } catch { } } }", "an empty catch")]
    [InlineData("class A { void M() { try { } catch (System.Exception) when (x) { /* well */ } } }", "an empty catch")]
    [InlineData("#pragma warning disable CA1000\nclass A;", "a silenced warning")]
    public void A_leftover_is_reported(string text, string expected) =>
        Violations(Source.Sample(text)).ShouldHaveSingleItem().ShouldContain(expected);

    [Theory]
    [InlineData("class A { string s = \"#region // TODO NotImplementedException catch { }\"; }")]
    [InlineData("// The mastodons' list.\nclass A { int Skip { get; set; } }")]
    [InlineData("class A { object M() => new Page { Skip = 5 }; }")]
    [InlineData("class A { void M() { try { } catch (Exception e) { Say(e); } } }")]
    [InlineData("#pragma warning disable CA1000 // The generator writes it so.\n#pragma warning restore CA1000\nclass A;")]
    public void What_only_looks_like_it_is_not_reported(string text) => Violations(Source.Sample(text)).ShouldBeEmpty();

    private static IEnumerable<string> Violations(Source source) =>
        source.Root.DescendantTrivia().Select(trivia => (what: Leftover(trivia), where: trivia.GetLocation()))
            .Concat(source.Root.DescendantNodes().Select(node => (what: Leftover(node), where: node.GetLocation())))
            .Where(found => found.what is not null)
            .Select(found => $"{source.At(found.where)} {found.what}");

    private static string? Leftover(SyntaxTrivia trivia) => trivia.GetStructure() switch
    {
        RegionDirectiveTriviaSyntax => "a region: split the file",
        PragmaWarningDirectiveTriviaSyntax pragma when IsSilent(pragma) => "a silenced warning without its reason on the same line",
        _ when IsComment(trivia) && Reminder.IsMatch(trivia.ToFullString()) => "a reminder: do it or write an issue",
        _ => null,
    };

    private static string? Leftover(SyntaxNode node) => node switch
    {
        IdentifierNameSyntax { Identifier.ValueText: "NotImplementedException" } => "NotImplementedException: leave the member out",
        AttributeArgumentSyntax { NameEquals.Name.Identifier.ValueText: "Skip" } => "a skipped test: repair or remove it",
        CatchClauseSyntax caught when caught.Block.Statements.All(IsEmpty) => "an empty catch: say what is known",
        _ => null,
    };

    private static bool IsEmpty(StatementSyntax statement) => statement is EmptyStatementSyntax;

    private static bool IsSilent(PragmaWarningDirectiveTriviaSyntax pragma) =>
        pragma.DisableOrRestoreKeyword.IsKind(SyntaxKind.DisableKeyword)
        && !pragma.ToFullString().Contains("//", StringComparison.Ordinal);

    private static bool IsComment(SyntaxTrivia trivia) => trivia.Kind()
        is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia
        or SyntaxKind.SingleLineDocumentationCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia;

    [GeneratedRegex(@"\bTODO\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Reminder { get; }
}
