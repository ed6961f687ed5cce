using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Berth.Tidy.Tests;

/// <summary>A type is named for the thing it is, not for having something to do with it.</summary>
public sealed partial class TypeNameTests
{
    [Fact]
    public void Types_are_named_for_what_they_are() => Checkout.All.SelectMany(Violations).ShouldBeEmpty();

    [Theory]
    [InlineData("class PoolManager;")]
    [InlineData("class JsonHelper;")]
    [InlineData("class JsonHelpers;")]
    [InlineData("static class Utils;")]
    [InlineData("static class HexUtil;")]
    [InlineData("record ClaimService(int X);")]
    [InlineData("struct MailProcessor;")]
    [InlineData("class Outer { class StoreBase; }")]
    [InlineData("class JournalImpl<T>;")]
    [InlineData("interface IPoolManager;")]
    [InlineData("enum Service { A }")]
    [InlineData("delegate void MailProcessor();")]
    public void An_empty_word_is_reported(string text) => Violations(Source.Sample(text)).ShouldHaveSingleItem();

    [Theory]
    [InlineData("class Database;")]
    [InlineData("class ServiceClock;")]
    [InlineData("class PoolHost { void Manager() { } }")]
    public void The_word_elsewhere_is_not_reported(string text) => Violations(Source.Sample(text)).ShouldBeEmpty();

    private static IEnumerable<string> Violations(Source source) =>
        source.Root.DescendantNodes()
            .Select(node => (node, name: NameOf(node)))
            .Where(type => EmptyWord.IsMatch(type.name))
            .Select(type => $"{source.At(type.node)} {type.name} says nothing: name the thing it is");

    private static string NameOf(SyntaxNode node) => node switch
    {
        BaseTypeDeclarationSyntax type => type.Identifier.ValueText,
        DelegateDeclarationSyntax type => type.Identifier.ValueText,
        _ => string.Empty,
    };

    [GeneratedRegex("((Manager|Helper|Util|Service|Processor)s?|Base|Impl)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EmptyWord { get; }
}
