using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Berth.Tidy.Tests;

/// <summary>Every log line begins with the name of an event, and docs/logs.md has each of them with its levels.</summary>
public sealed partial class LogEventTests
{
    private const string Page = "docs/logs.md";

    private static readonly string[] _levels = ["Critical", "Error", "Warning", "Information", "Debug", "Trace"];

    [Fact]
    public void Every_line_begins_with_an_event() =>
        Checkout.Product.SelectMany(Events).Where(found => found.Event is null).Select(found => $"{found.At} logs a line without an event").ShouldBeEmpty();

    [Fact]
    public void The_page_has_every_event_in_order_with_its_levels()
    {
        var events = Checkout.Product.SelectMany(Events).Where(found => found.Event is not null)
            .GroupBy(found => found.Event!, StringComparer.Ordinal)
            .OrderBy(lines => lines.Key, StringComparer.Ordinal)
            .Select(lines => $"{lines.Key}: {Shown(lines.Select(line => line.Level))}");
        Rows(Checkout.Read(Page)).ShouldBe(events, $"the table of {Page} is not that of the sources");
    }

    [Theory]
    [InlineData("member.down: {member}", "member.down")]
    [InlineData("store.went-back: {reason}", "store.went-back")]
    [InlineData("pool {pool}: closed", null)]
    [InlineData("Member.Down: x", null)]
    [InlineData("member: x", null)]
    public void An_event_is_two_words_or_more_with_dots_between(string message, string? name)
    {
        var sample = Source.Sample($"static partial class ALog {{ [LoggerMessage(Level = LogLevel.Debug, Message = \"{message}\")] static partial void A(); }}");
        var found = Events(sample).ShouldHaveSingleItem();
        (found.Event, found.Level).ShouldBe((name, "Debug"));
    }

    private static IEnumerable<(string? Event, string Level, string At)> Events(Source source) =>
        source.Root.DescendantNodes().OfType<AttributeSyntax>()
            .Where(attribute => attribute.Name.ToString() == "LoggerMessage")
            .Select(attribute => (
                EventName.Match(Argument(attribute, "Message")?.GetFirstToken().ValueText ?? string.Empty) is { Success: true } found ? found.Groups["name"].Value : null,
                Argument(attribute, "Level")!.GetLastToken().ValueText,
                source.At(attribute)));

    private static ExpressionSyntax? Argument(AttributeSyntax attribute, string name) =>
        attribute.ArgumentList?.Arguments.FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == name)?.Expression;

    private static string Shown(IEnumerable<string> levels) => string.Join(
        ", ", levels.Distinct().OrderBy(level => Array.IndexOf(_levels, level)).Select(level => level == "Information" ? "info" : level.ToLowerInvariant()));

    private static IEnumerable<string> Rows(string page) =>
        page.Split("## Events")[1].Split('\n').Select(line => Row.Match(line)).Where(row => row.Success)
            .Select(row => $"{row.Groups["event"].Value}: {row.Groups["levels"].Value}");

    [GeneratedRegex(@"^(?<name>[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)+): ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EventName { get; }

    [GeneratedRegex(@"^\| `(?<event>[^`]+)` \| (?<levels>[^|]+) \| [^|]+ \|$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row { get; }
}
