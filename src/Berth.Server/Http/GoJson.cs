using System.Text;

namespace Berth.Server.Http;

/// <summary>Strings as Go's encoder writes them, which is what Relay's clients have seen: UTF-8, few escapes.</summary>
internal static class GoJson
{
    /// <summary>The string in quotes.</summary>
    public static byte[] Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                '\b' => quoted.Append("\\b"),
                '\f' => quoted.Append("\\f"),
                < ' ' or '<' or '>' or '&' or '\u2028' or '\u2029' => quoted.Append($"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }

        return Encoding.UTF8.GetBytes(quoted.Append('"').ToString());
    }
}
