using System.Text;

namespace Berth.Cli.Flags;

/// <summary>Texts as Go's library writes and reads them.</summary>
internal static class GoText
{
    /// <summary>A text in double quotes, with what a terminal must not see escaped.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            quoted.Append(rune.Value switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < 0x20 or 0x7f => $"\\x{rune.Value:x2}",
                _ => rune.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>Go's words for true and false; null: neither.</summary>
    public static bool? Bool(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };

    /// <summary>Splits one line of comma-separated values, where double quotes may hold commas; false: the quotes do not match.</summary>
    public static bool TrySplit(string line, List<string> values)
    {
        var position = 0;
        while (true)
        {
            if (position < line.Length && line[position] == '"')
            {
                if (!TryQuoted(line, ref position, values))
                {
                    return false;
                }
            }
            else
            {
                var comma = line.IndexOf(',', position);
                var end = comma < 0 ? line.Length : comma;
                values.Add(line[position..end]);
                position = end;
            }

            if (position >= line.Length)
            {
                return true;
            }

            if (line[position++] != ',')
            {
                return false;
            }
        }
    }

    private static bool TryQuoted(string line, ref int position, List<string> values)
    {
        var value = new StringBuilder();
        for (var i = position + 1; i < line.Length; i++)
        {
            if (line[i] != '"')
            {
                value.Append(line[i]);
            }
            else if (i + 1 < line.Length && line[i + 1] == '"')
            {
                value.Append(line[++i]);
            }
            else
            {
                values.Add(value.ToString());
                position = i + 1;
                return true;
            }
        }

        return false;
    }
}
