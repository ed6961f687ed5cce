using System.Text.RegularExpressions;

namespace Berth.Tidy.Tests;

/// <summary>Relative links of the pages lead to files of the checkout.</summary>
public sealed partial class DocumentLinkTests
{
    [Fact]
    public void Links_lead_somewhere() =>
        Markdown.Pages().SelectMany(page => Violations(page, Checkout.Read(page), Checkout.Exists)).ShouldBeEmpty();

    [Theory]
    [InlineData("[gone](gone.md)", "docs/gone.md")]
    [InlineData("[gone](../gone.md#part \"title\")", "gone.md")]
    [InlineData("![picture](img/gone.png)", "docs/img/gone.png")]
    [InlineData("[![badge](there.md)](gone.md)", "docs/gone.md")]
    [InlineData("[gone]: gone.md", "docs/gone.md")]
    [InlineData("<img src=\"gone.png\">", "docs/gone.png")]
    [InlineData("[absolute](/docs/there.md)", "/docs/there.md")]
    public void A_dead_link_is_reported(string text, string expected) =>
        Violations("docs/page.md", text, path => path == "docs/there.md").ShouldHaveSingleItem().ShouldEndWith(" " + expected);

    [Theory]
    [InlineData("[there](there.md) [there](./there.md#part) [there](<there.md>)")]
    [InlineData("[web](https://example.com/x) [mail](mailto:a@example.com) [here](#part)")]
    [InlineData("`[code](gone.md)`")]
    [InlineData("```\n[code](gone.md)\n```\n")]
    public void Live_and_foreign_links_are_not_reported(string text) =>
        Violations("docs/page.md", text, path => path == "docs/there.md").ShouldBeEmpty();

    private static IEnumerable<string> Violations(string page, string text, Func<string, bool> exists) =>
        Markdown.Links(text)
            .Where(target => !Foreign.IsMatch(target))
            .Select(target => Resolve(page, Uri.UnescapeDataString(target.Split('#')[0])))
            .Where(path => !exists(path))
            .Select(path => $"{page} links to a file that is not there: {path}");

    private static string Resolve(string page, string target) =>
        target[0] == '/' ? target : Path.GetRelativePath("/", Path.GetFullPath(Path.Combine("/", Path.GetDirectoryName(page)!, target)));

    [GeneratedRegex("^(#|[a-z][a-z0-9+.-]*:)", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Foreign { get; }
}
