using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Berth.Tidy.Tests;

/// <summary>What several rules ask of a declaration. There is no compilation, so names are compared without their namespaces.</summary>
internal static class Declarations
{
    /// <summary>The names in the base list, without namespaces and type arguments.</summary>
    public static IEnumerable<string> BaseNames(this BaseTypeDeclarationSyntax type) =>
        type.BaseList is null ? [] : type.BaseList.Types.Select(entry => LastName(entry.Type));

    public static bool HasModifier(this MemberDeclarationSyntax member, string word) =>
        member.Modifiers.Any(modifier => modifier.ValueText == word);

    /// <summary>The names of the attributes, without namespaces and without the ending "Attribute".</summary>
    public static IEnumerable<string> AttributeNames(this MemberDeclarationSyntax member) =>
        member.AttributeLists.SelectMany(list => list.Attributes).Select(attribute => WithoutEnding(LastName(attribute.Name)));

    /// <summary>Namespace, containing types and name, so that the parts of one type are the same and namesakes are not.</summary>
    public static string FullName(this BaseTypeDeclarationSyntax type) =>
        string.Join('.', type.AncestorsAndSelf().Reverse().Select(NameOf).Where(name => name.Length > 0));

    public static string LastName(TypeSyntax type) => type switch
    {
        QualifiedNameSyntax qualified => LastName(qualified.Right),
        AliasQualifiedNameSyntax alias => LastName(alias.Name),
        SimpleNameSyntax simple => simple.Identifier.ValueText,
        _ => type.ToString(),
    };

    private static string NameOf(SyntaxNode node) => node switch
    {
        BaseNamespaceDeclarationSyntax space => space.Name.ToString(),
        TypeDeclarationSyntax type => $"{type.Identifier.ValueText}`{type.TypeParameterList?.Parameters.Count ?? 0}",
        BaseTypeDeclarationSyntax type => type.Identifier.ValueText,
        _ => string.Empty,
    };

    private static string WithoutEnding(string name) =>
        name.EndsWith("Attribute", StringComparison.Ordinal) ? name[..^"Attribute".Length] : name;
}
