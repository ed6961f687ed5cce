using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Berth.Protocol;

namespace Berth.Cli.Output;

/// <summary>A line of a log as one line of text, or as one object of JSON. What a stranger put into a value neither breaks the line nor steers a terminal.</summary>
internal static class LogText
{
    /// <summary>For people.</summary>
    public static string Of(LogLine line, bool color)
    {
        var text = new StringBuilder(line.Time).Append(' ');
        var level = line.Level.PadRight(7);
        text.Append(color && Color(line.Level) is { } code ? $"\u001b[{code}m{level}\u001b[0m" : level);
        text.Append(' ').Append(line.Category).Append(' ');
        AppendVisible(text, line.Message);
        if (line.Error is { } error)
        {
            AppendVisible(text.Append(" | "), error.Stack is null ? $"{error.Type}: {error.Message}" : OneLine(error.Stack));
        }

        return text.ToString();
    }

    /// <summary>For programs.</summary>
    public static string Json(LogLine line) => JsonSerializer.Serialize(line, LogJson.OneLine.LogLine);

    /// <summary>A text in which every character that does not stand for itself is written as its number.</summary>
    public static string Visible(string text) => AppendVisible(new StringBuilder(), text).ToString();

    private static StringBuilder AppendVisible(StringBuilder to, string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '\n' => to.Append("\\n"),
                '\r' => to.Append("\\r"),
                '\t' => to.Append("\\t"),
                _ when IsHidden(rune) => to.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
                _ => to.Append(rune.ToString()),
            };
        }

        return to;
    }

    /// <summary>Controls, line ends, and marks that turn the direction of writing.</summary>
    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static string OneLine(string stack) => string.Join(" | ", stack.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    private static string? Color(string level) => level switch
    {
        LogLevels.Critical or LogLevels.Error => "31",
        LogLevels.Warning => "33",
        LogLevels.Info => "32",
        _ => null,
    };
}

/// <summary>How a line of a log is written in JSON: in one line, with what is not plain text escaped.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LogLine))]
internal sealed partial class LogJson : JsonSerializerContext
{
    public static LogJson OneLine { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.BasicLatin, UnicodeRanges.Latin1Supplement, UnicodeRanges.LatinExtendedA),
    });
}
