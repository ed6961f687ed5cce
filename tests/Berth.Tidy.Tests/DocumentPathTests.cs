using System.Text.RegularExpressions;

namespace Berth.Tidy.Tests;

/// <summary>
/// Paths of the repository that the pages name in backticks exist. A path with a placeholder is not looked up; "*" is a wildcard.
/// </summary>
public sealed partial class DocumentPathTests
{
    [Fact]
    public void Paths_exist() =>
        Markdown.Pages().SelectMany(page => Violations(page, Checkout.Read(page), Checkout.Exists)).ShouldBeEmpty();

    [Theory]
    [InlineData("see `src/Gone.cs`", "src/Gone.cs")]
    [InlineData("run `./eng/gone --fast`", "eng/gone")]
    [InlineData("run `dotnet test --project tests/Gone`", "tests/Gone")]
    [InlineData("see `docs/gone.md:12`, then go", "docs/gone.md")]
    [InlineData("see `docker/gone/` and\n`src/There.cs`", "docker/gone/")]
    [InlineData("`k8s/gone.yaml`", "k8s/gone.yaml")]
    public void A_missing_path_is_reported(string text, string expected) =>
        Violations("README.md", text, path => path == "src/There.cs").ShouldHaveSingleItem().ShouldEndWith(" " + expected);

    [Theory]
    [InlineData("see `src/There.cs`, `src/There.cs:12` and `./src/There.cs`.")]
    [InlineData("src/Gone.cs without backticks")]
    [InlineData("`src/<name>/x.cs` `docs/{a,b}.md` `/v1/nodes/x` `srcs/x`")]
    [InlineData("```\n`src/Gone.cs`\n```")]
    public void Other_words_are_not_reported(string text) =>
        Violations("README.md", text, path => path == "src/There.cs").ShouldBeEmpty();

    [Fact]
    public void Wildcards_are_looked_up()
    {
        Checkout.Exists("tests/Berth.*.Tests/*.csproj").ShouldBeTrue();
        Checkout.Exists("tests/Berth.*.Gone/*.csproj").ShouldBeFalse();
        Checkout.Exists("src/../..").ShouldBeFalse();
    }

    private static IEnumerable<string> Violations(string page, string text, Func<string, bool> exists) =>
        Markdown.Code(text)
            .SelectMany(code => code.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(word => RepositoryPath.Match(word).Groups["path"].Value)
            .Where(path => path.Length > 0 && path.IndexOfAny(['<', '{', '$', '…']) < 0 && !exists(path))
            .Select(path => $"{page} names a path that is not there: {path}");

    [GeneratedRegex(@"^(\./)?(?<path>(src|tests|eng|docs|docker|k8s)/\S*?)(:\d+(-\d+)?)?[.,:;]?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RepositoryPath { get; }
}
