using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Berth.Tidy.Tests;

/// <summary>
/// A method has at most 70 lines, from its first modifier to its last brace, with all that stands inside it. Constructors,
/// operators, accessors, lambdas of fields and the statements of a program count as methods; attributes and comments above do not.
/// </summary>
public sealed class MethodLengthTests
{
    private const int Cap = 70;

    [Fact]
    public void Methods_are_short() => Checkout.All.SelectMany(Violations).ShouldBeEmpty();

    [Theory]
    [InlineData("class A { void M()\n{@} }")]
    [InlineData("class A { A()\n{@} }")]
    [InlineData("class A { public static A operator +(A a, A b)\n{@} }")]
    [InlineData("class A { int P { get\n{@} } }")]
    [InlineData("class A { int P =>\n@1; }")]
    [InlineData("class A { Action f = () =>\n{@}; }")]
    [InlineData("class A { void M() { void Inner()\n{@} } }")]
    [InlineData("class A { void M() { Run(() =>\n{@}); } }")]
    [InlineData("Run();@Run();\nRun();")]
    public void A_long_method_is_reported(string shape)
    {
        Violations(Source.Sample(shape.Replace("@", new string('\n', Cap - 1)))).ShouldHaveSingleItem().ShouldContain("71 lines");
        Violations(Source.Sample(shape.Replace("@", new string('\n', Cap - 2)))).ShouldBeEmpty();
    }

    [Fact]
    public void Attributes_and_comments_above_do_not_count() =>
        Violations(Source.Sample("class A {\n/// <summary>" + string.Concat(Enumerable.Repeat("\n/// x", 80)) + "</summary>\n"
            + string.Concat(Enumerable.Repeat("[InlineData(1)]\n", 80)) + "public void M() { } }")).ShouldBeEmpty();

    private static IEnumerable<string> Violations(Source source)
    {
        foreach (var node in source.Root.DescendantNodes(node => !IsMethod(node)).Where(IsMethod))
        {
            var lines = Lines(source, Start(node), node.Span.End);
            if (lines > Cap)
            {
                yield return $"{source.At(node)} a method of {lines} lines, at most {Cap}";
            }
        }

        var program = source.Root.Members.OfType<GlobalStatementSyntax>().ToList();
        if (program.Count > 0 && Lines(source, program[0].SpanStart, program[^1].Span.End) is > Cap and var length)
        {
            yield return $"{source.Path} a program of {length} lines, at most {Cap}";
        }
    }

    private static bool IsMethod(SyntaxNode node) => node switch
    {
        GlobalStatementSyntax => false,
        BaseMethodDeclarationSyntax or AccessorDeclarationSyntax => true,
        PropertyDeclarationSyntax property => property.ExpressionBody is not null,
        IndexerDeclarationSyntax indexer => indexer.ExpressionBody is not null,
        AnonymousFunctionExpressionSyntax function => !function.Ancestors().Any(outer => outer is GlobalStatementSyntax),
        _ => false,
    };

    private static int Start(SyntaxNode node) => node is MemberDeclarationSyntax { AttributeLists: [.., var last] }
        ? last.GetLastToken().GetNextToken().SpanStart
        : node.SpanStart;

    private static int Lines(Source source, int start, int end)
    {
        var text = source.Root.SyntaxTree.GetText().Lines;
        return text.GetLineFromPosition(end).LineNumber - text.GetLineFromPosition(start).LineNumber + 1;
    }
}
