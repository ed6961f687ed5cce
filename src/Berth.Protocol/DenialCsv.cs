using System.Buffers;
using System.Globalization;
using System.Text;

namespace Berth.Protocol;

/// <summary>Denials as comma-separated values (RFC 4180): a heading, then a line for each, ending in CR LF.</summary>
public static class DenialCsv
{
    /// <summary>The content type.</summary>
    public const string ContentType = "text/csv";

    /// <summary>The first line.</summary>
    public const string Heading = "pool,reason,fingerprint,count,first,last\r\n";

    private static readonly SearchValues<char> _quoted = SearchValues.Create(",\"\r\n");

    /// <summary>One denial as a line.</summary>
    public static string Line(DenialEntry denial) => new StringBuilder()
        .Append(Cell(denial.Pool)).Append(',')
        .Append(Cell(denial.Reason)).Append(',')
        .Append(Cell(denial.Fingerprint)).Append(',')
        .Append(denial.Count.ToString(CultureInfo.InvariantCulture)).Append(',')
        .Append(Time(denial.First)).Append(',')
        .Append(Time(denial.Last)).Append("\r\n").ToString();

    /// <summary>A node names itself: what a spreadsheet would run as a formula is made text.</summary>
    private static string Cell(string text)
    {
        var safe = text is ['=' or '+' or '-' or '@', _, ..] ? "'" + text : text;
        return safe.AsSpan().ContainsAny(_quoted) ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
