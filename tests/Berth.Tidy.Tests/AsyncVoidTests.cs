using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Berth.Tidy.Tests;

/// <summary>Where the simulator must reach, every asynchronous method is awaited by somebody.</summary>
public sealed class AsyncVoidTests
{
    [Fact]
    public void Pools_and_Runtime_have_no_async_void() =>
        Checkout.Product.Where(source => source.IsUnder("src/Berth.Pools") || source.IsUnder("src/Berth.Runtime"))
            .SelectMany(Violations).ShouldBeEmpty();

    [Theory]
    [InlineData("class A { async void M() { } }")]
    [InlineData("class A { void M() { async void Inner() { } } }")]
    public void Async_void_is_reported(string text) => Violations(Source.Sample(text)).ShouldHaveSingleItem();

    [Theory]
    [InlineData("class A { async Task M() { } }")]
    [InlineData("class A { void M() { async Task Inner() { } } }")]
    public void Async_work_that_can_be_awaited_is_not_reported(string text) => Violations(Source.Sample(text)).ShouldBeEmpty();

    private static IEnumerable<string> Violations(Source source) =>
        source.Root.DescendantNodes().Where(node => node switch
        {
            MethodDeclarationSyntax method => IsAsyncVoid(method.Modifiers, method.ReturnType),
            LocalFunctionStatementSyntax function => IsAsyncVoid(function.Modifiers, function.ReturnType),
            _ => false,
        }).Select(node => $"{source.At(node)} async void: return a Task that somebody awaits");

    private static bool IsAsyncVoid(SyntaxTokenList modifiers, TypeSyntax type) =>
        modifiers.Any(SyntaxKind.AsyncKeyword) && type is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword };
}
