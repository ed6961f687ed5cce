using System.Text.RegularExpressions;

namespace Berth.Tidy.Tests;

/// <summary>As much of Markdown as the rules about prose need: fenced blocks are skipped, inline code and links are found.</summary>
internal static partial class Markdown
{
    /// <summary>The pages that are checked: the two of the root, those of docs, and every DESIGN.md.</summary>
    public static IReadOnlyList<string> Pages() =>
        ["README.md", "CHANGELOG.md", .. Checkout.Files("docs", "*.md").Concat(Designs()).Distinct()];

    public static IReadOnlyList<string> Designs() =>
        [.. new[] { "src", "tests", "docs", "eng", "docker", "k8s" }.SelectMany(folder => Checkout.Files(folder, "DESIGN.md"))];

    /// <summary>What stands between backticks.</summary>
    public static IEnumerable<string> Code(string text) => Paragraphs(text).SelectMany(paragraph => CodeSpan.Matches(paragraph))
        .Select(match => match.Groups["code"].Value.Replace('\n', ' ').Trim());

    /// <summary>Where links and pictures lead.</summary>
    public static IEnumerable<string> Links(string text) =>
        Paragraphs(text).SelectMany(paragraph => Link.Matches(CodeSpan.Replace(paragraph, "code")))
            .Select(match => match.Groups["target"].Value);

    private static IEnumerable<string> Paragraphs(string text)
    {
        var paragraph = new List<string>();
        var fence = string.Empty;
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n').Append(string.Empty))
        {
            var mark = Fence.Match(line).Groups["mark"].Value;
            if (fence.Length > 0 || mark.Length > 0 || line.Trim().Length == 0)
            {
                fence = fence.Length == 0 ? mark : mark == fence ? string.Empty : fence;
                yield return string.Join('\n', paragraph);
                paragraph.Clear();
            }
            else
            {
                paragraph.Add(line);
            }
        }
    }

    [GeneratedRegex(@"^ *(?<mark>```|~~~)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Fence { get; }

    [GeneratedRegex(
        @"(?<!`)(?<ticks>`+)(?!`)(?<code>.+?)(?<!`)\k<ticks>(?!`)",
        RegexOptions.ExplicitCapture | RegexOptions.Singleline,
        1000)]
    private static partial Regex CodeSpan { get; }

    [GeneratedRegex(
        @"(\]\(\s*<?|^ *\[[^\]\n]+\]:\s*<?|\b(src|href)="")(?<target>[^)\s>""]+)",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline,
        1000)]
    private static partial Regex Link { get; }
}
