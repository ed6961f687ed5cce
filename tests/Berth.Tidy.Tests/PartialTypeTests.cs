using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Berth.Tidy.Tests;

/// <summary>A type is partial only where a source generator needs it: logs, JSON contexts, generated regexes, native imports.</summary>
public sealed class PartialTypeTests
{
    private static readonly string[] _generators = ["GeneratedRegex", "LibraryImport", "DllImport"];

    [Fact]
    public void Types_are_partial_only_for_generators() => Checkout.All.SelectMany(Violations).ShouldBeEmpty();

    [Theory]
    [InlineData("partial class PoolActor;")]
    [InlineData("partial record struct PoolId(int X);")]
    [InlineData("partial class Outer { partial class PoolLog; }")]
    [InlineData("partial struct PoolLog;")]
    [InlineData("partial class Native { [Obsolete] static extern void Run(); }")]
    public void A_type_split_by_hand_is_reported(string text) => Violations(Source.Sample(text)).ShouldHaveSingleItem();

    [Theory]
    [InlineData("static partial class PoolActorLog { [LoggerMessage] static partial void Opened(); }")]
    [InlineData("partial class WireJson : System.Text.Json.Serialization.JsonSerializerContext;")]
    [InlineData("partial class Names { [GeneratedRegex(\"x\")] static partial Regex Word(); }")]
    [InlineData("partial class Names { [GeneratedRegex(\"x\")] static partial Regex Word { get; } }")]
    [InlineData("partial class Sodium { [LibraryImport(\"x\")] static partial int Run(); }")]
    [InlineData("class PoolActor;")]
    public void A_generated_part_is_not_reported(string text) => Violations(Source.Sample(text)).ShouldBeEmpty();

    private static IEnumerable<string> Violations(Source source) =>
        source.Types.OfType<TypeDeclarationSyntax>()
            .Where(type => type.HasModifier("partial") && !IsGenerated(type))
            .Select(type => $"{source.At(type)} {type.Identifier.ValueText} is partial without a generator");

    private static bool IsGenerated(TypeDeclarationSyntax type) =>
        (type is ClassDeclarationSyntax && type.Identifier.ValueText.EndsWith("Log", StringComparison.Ordinal))
        || type.BaseNames().Contains("JsonSerializerContext")
        || type.Members.SelectMany(member => member.AttributeNames()).Intersect(_generators).Any();
}
