using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Berth.Tidy.Tests;

/// <summary>
/// An interface of the product has at least two implementations in the product, the simulator or the test cluster. A class counts
/// when it is concrete and its base list names the interface, or a type that does. There are no exceptions.
/// </summary>
public sealed class InterfaceTests
{
    private static readonly string[] _alsoCounted = ["tests/Berth.Simulation", "tests/Berth.Testing"];

    [Fact]
    public void Interfaces_have_two_implementations()
    {
        var counted = Checkout.Product.Concat(Checkout.Tests.Where(source => _alsoCounted.Any(source.IsUnder)));
        Violations(Checkout.Product, counted).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("interface IStore;", "IStore has 0 implementations")]
    [InlineData("interface IStore; class A : IStore;", "IStore has 1 implementations")]
    [InlineData("interface IStore; partial class A : IStore; partial class A : IStore;", "IStore has 1 implementations")]
    [InlineData("interface IStore; abstract class A : IStore; class B : A;", "IStore has 1 implementations")]
    [InlineData("interface IOne; class A : IOne; class B : IOne; interface ILone : IOne;", "ILone has 0 implementations")]
    public void A_lone_implementation_is_reported(string text, string expected)
    {
        var source = Source.Sample(text);
        Violations([source], [source]).ShouldHaveSingleItem().ShouldContain(expected);
    }

    [Theory]
    [InlineData("interface IStore; class A : IStore; record struct B(int X) : IStore;")]
    [InlineData("interface IStore<T>; class A : IStore<int>; class B : Berth.IStore<string>;")]
    [InlineData("interface IStore; abstract class A : IStore; class B : A; class C : A;")]
    [InlineData("interface IStore; interface IWider : IStore; class A : IWider; class B : IWider;")]
    [InlineData("interface IStore; class X { class A : IStore; } class Y { class A : IStore; }")]
    public void Two_implementations_are_enough(string text)
    {
        var source = Source.Sample(text);
        Violations([source], [source]).ShouldBeEmpty();
    }

    private static IEnumerable<string> Violations(IEnumerable<Source> product, IEnumerable<Source> counted)
    {
        var heirs = counted.SelectMany(source => source.Types)
            .SelectMany(type => type.BaseNames(), (type, name) => (type, name))
            .ToLookup(pair => pair.name, pair => pair.type);
        foreach (var source in product)
        {
            foreach (var seam in source.Types.OfType<InterfaceDeclarationSyntax>())
            {
                var count = Implementations(seam.Identifier.ValueText, heirs).Count;
                if (count < 2)
                {
                    yield return $"{source.At(seam)} {seam.Identifier.ValueText} has {count} implementations, at least 2";
                }
            }
        }
    }

    private static HashSet<string> Implementations(string name, ILookup<string, BaseTypeDeclarationSyntax> heirs)
    {
        var found = new HashSet<string>();
        var seen = new HashSet<string>();
        var open = new Stack<string>([name]);
        while (open.TryPop(out var next))
        {
            foreach (var type in seen.Add(next) ? heirs[next] : [])
            {
                open.Push(type.Identifier.ValueText);
                if (type is not InterfaceDeclarationSyntax && !type.HasModifier("abstract"))
                {
                    found.Add(type.FullName());
                }
            }
        }

        return found;
    }
}
