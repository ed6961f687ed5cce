using System.Globalization;
using System.Text;
using Berth.Chaos.History;

namespace Berth.Chaos.Nodes;

/// <summary>What became of one request.</summary>
/// <param name="Status">The status of the answer; 0: there was none.</param>
/// <param name="WasSent">Some of the request may have reached the member.</param>
/// <param name="Body">The body of the answer.</param>
internal sealed record EdgeAnswer(int Status, bool WasSent, string Body)
{
    /// <summary>It never left the node.</summary>
    public static readonly EdgeAnswer NotSent = new(0, WasSent: false, string.Empty);

    /// <summary>Nobody answered in time, or the connection broke.</summary>
    public static readonly EdgeAnswer Lost = new(0, WasSent: true, string.Empty);

    /// <summary>What the node knows now.</summary>
    public Outcome Outcome => Status switch
    {
        0 => WasSent ? Outcome.Unknown : Outcome.Refused,
        200 or 201 or 202 or 204 => Outcome.Ok,
        503 when Body.Contains("outcome unknown", StringComparison.Ordinal) => Outcome.Unknown,
        _ => Outcome.Refused,
    };

    /// <summary>The key of the license that it hands out.</summary>
    public string? License => Between("\"license_key\":\"", '"');

    /// <summary>How long the node may stay silent.</summary>
    public TimeSpan ExpiresIn => Between("\"expires_in\":", '}') is { } seconds
        ? TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture))
        : TimeSpan.Zero;

    private string? Between(string before, char after)
    {
        var start = Body.IndexOf(before, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        start += before.Length;
        return Body[start..Body.IndexOf(after, start)];
    }

    /// <summary>Reads an answer that has come whole; null: more must come. Fails with <see cref="FormatException"/>.</summary>
    public static EdgeAnswer? Read(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return null;
        }

        var head = Encoding.Latin1.GetString(bytes[..end]);
        var status = int.Parse(head.AsSpan("HTTP/1.1 ".Length, 3), NumberStyles.None, CultureInfo.InvariantCulture);
        var length = LengthIn(head);
        var body = bytes[(end + 4)..];
        return body.Length < length ? null : new EdgeAnswer(status, WasSent: true, Encoding.UTF8.GetString(body[..length]));
    }

    private static int LengthIn(string head)
    {
        const string Name = "\r\nContent-Length: ";
        var at = head.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return 0;
        }

        var from = at + Name.Length;
        var to = head.IndexOf('\r', from);
        return int.Parse(head.AsSpan(from, (to < 0 ? head.Length : to) - from), NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
