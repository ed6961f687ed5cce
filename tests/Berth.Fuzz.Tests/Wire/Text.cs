using System.Text;
using Berth.Fuzz.Tests.Chance;

namespace Berth.Fuzz.Tests.Wire;

/// <summary>Requests as text of one byte to a character.</summary>
internal static class Text
{
    private static readonly string[] _trailers = ["X-Trailer: end\r\n", "X: \u00ff\r\n", "X: a\0b\r\n", "\u00ff: x\r\n", "no colon\r\n", "X: a\rb\r\n", "X:\r\n y\r\n"];

    public static string Request(string method, string target, params ReadOnlySpan<string> headers)
    {
        var text = new StringBuilder(method).Append(' ').Append(target).Append(" HTTP/1.1\r\nHost: berth\r\n");
        foreach (var header in headers)
        {
            text.Append(header).Append("\r\n");
        }

        return text.Append("\r\n").ToString();
    }

    public static string Node(string fingerprint) => "/v1/nodes/" + fingerprint;

    /// <summary>Any text as the bytes of its UTF-8.</summary>
    public static string Utf8(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>The bytes that a text of this kind stands for.</summary>
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>One of the many spellings of a text in a path: what must be escaped is, and of the rest what chance chooses.</summary>
    public static string Escape(string text, Dice dice)
    {
        var escaped = new StringBuilder();
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            var plain = char.IsAsciiLetterOrDigit((char)value) || value is (byte)'-' or (byte)'_' or (byte)'~';
            escaped.Append(plain && !dice.OneIn(8) ? $"{(char)value}" : dice.OneIn(2) ? $"%{value:X2}" : $"%{value:x2}");
        }

        return escaped.ToString();
    }

    /// <summary>A body in chunks of chance.</summary>
    /// <param name="body">What it says.</param>
    /// <param name="dice">Chance.</param>
    /// <param name="wild">Trailers may be anything.</param>
    public static string Chunked(string body, Dice dice, bool wild = true)
    {
        var text = new StringBuilder();
        for (var at = 0; at < body.Length;)
        {
            var length = dice.Between(1, body.Length - at);
            text.Append($"{length:x}").Append(dice.OneIn(4) ? ";note=\"x\"" : "").Append("\r\n").Append(body, at, length).Append("\r\n");
            at += length;
        }

        return text.Append("0\r\n").Append(!dice.OneIn(4) ? "" : wild ? dice.Of(_trailers) : _trailers[0]).Append("\r\n").ToString();
    }
}
