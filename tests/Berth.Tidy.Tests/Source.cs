using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Berth.Tidy.Tests;

/// <summary>One C# file: its path from the root of the checkout, with forward slashes, its text and its syntax.</summary>
internal sealed class Source
{
    private static readonly CSharpParseOptions _options = new(LanguageVersion.Preview, DocumentationMode.Parse);

    public Source(string path, string text)
    {
        Path = path;
        Text = text;
        Root = CSharpSyntaxTree.ParseText(text, _options, path).GetCompilationUnitRoot();
    }

    public string Path { get; }

    public string Text { get; }

    public CompilationUnitSyntax Root { get; }

    public int Lines => CountLines(Text);

    public IEnumerable<BaseTypeDeclarationSyntax> Types => Root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>();

    /// <summary>A sample for a rule's own tests.</summary>
    public static Source Sample(string text, string path = "src/Berth.Sample/Sample.cs") => new(path, text);

    public static int CountLines(string text) => text.Count(c => c == '\n') + (text.Length > 0 && text[^1] != '\n' ? 1 : 0);

    public bool IsUnder(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    public string At(Location location) => $"{Path}:{location.GetLineSpan().StartLinePosition.Line + 1}";

    public string At(SyntaxNode node) => At(node.GetLocation());
}
