using System.Globalization;
using System.Text;

namespace Berth.Fuzz.Tests.Wire;

/// <summary>One answer as it came.</summary>
internal sealed record Answer(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, string Body)
{
    public string? this[string name] =>
        Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}

/// <summary>Reads everything that a server said on one connection. What is no HTTP/1.1 is a <see cref="FormatException"/>.</summary>
internal static class Answers
{
    private const string Start = "HTTP/1.1 ";

    /// <param name="bytes">All of it.</param>
    /// <param name="heads">Some of the requests may have been HEAD, whose answers have a length and no body.</param>
    public static List<Answer> Parse(byte[] bytes, bool heads)
    {
        var text = Encoding.Latin1.GetString(bytes);
        var answers = new List<Answer>();
        for (var at = 0; at < text.Length;)
        {
            var answer = One(text, ref at, heads);
            if (answer.Status >= 200)
            {
                answers.Add(answer);
            }
        }

        return answers;
    }

    private static Answer One(string text, ref int at, bool heads)
    {
        var line = Line(text, ref at);
        if (!line.StartsWith(Start, StringComparison.Ordinal)
            || line.Length < Start.Length + 3
            || !int.TryParse(line.AsSpan(Start.Length, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            throw new FormatException($"'{line}' is no status line.");
        }

        var headers = new List<KeyValuePair<string, string>>();
        while (Line(text, ref at) is { Length: > 0 } header)
        {
            var colon = header.IndexOf(": ", StringComparison.Ordinal);
            headers.Add(colon > 0 ? new(header[..colon], header[(colon + 2)..]) : throw new FormatException($"'{header}' is no header."));
        }

        var answer = new Answer(status, headers, "");
        return status is < 200 or 204 or 304 || (heads && (at == text.Length || text.AsSpan(at).StartsWith(Start)))
            ? answer
            : answer with { Body = Body(text, ref at, answer) };
    }

    private static string Body(string text, ref int at, Answer answer)
    {
        if (string.Equals(answer["Transfer-Encoding"], "chunked", StringComparison.Ordinal))
        {
            return Chunks(text, ref at);
        }

        return answer["Content-Length"] is { } length
            ? Take(text, ref at, int.Parse(length, NumberStyles.None, CultureInfo.InvariantCulture))
            : throw new FormatException($"An answer {answer.Status} says nowhere how long it is.");
    }

    private static string Chunks(string text, ref int at)
    {
        var body = new StringBuilder();
        while (true)
        {
            var length = int.Parse(Line(text, ref at), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            body.Append(Take(text, ref at, length));
            if (Line(text, ref at).Length > 0)
            {
                throw new FormatException("A chunk is longer than it says.");
            }

            if (length == 0)
            {
                return body.ToString();
            }
        }
    }

    private static string Take(string text, ref int at, int length)
    {
        if (length > text.Length - at)
        {
            throw new FormatException($"A body ends after {text.Length - at} of {length} bytes.");
        }

        at += length;
        return text.Substring(at - length, length);
    }

    private static string Line(string text, ref int at)
    {
        var end = text.IndexOf("\r\n", at, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new FormatException($"The answers end within '{text[at..]}'.");
        }

        var line = text[at..end];
        at = end + 2;
        return line;
    }
}
