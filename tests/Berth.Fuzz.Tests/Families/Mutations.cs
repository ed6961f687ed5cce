using System.Text;
using Berth.Fuzz.Tests.Chance;
using Berth.Fuzz.Tests.Wire;

namespace Berth.Fuzz.Tests.Families;

/// <summary>Good requests, one or several, broken at places of chance.</summary>
internal static class Mutations
{
    private static readonly string[] _scraps =
    [
        "\r\n", "\n", "\r", "\0", " ", "\t", ":", "%", "%00", "%2F", "%zz", "/", "//", "..", "?", "#", "*", "\u00ff", ",", "\"",
        "Content-Length: 99999999999999999999\r\n", "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "Host: other\r\n",
        "Connection: upgrade\r\nUpgrade: h2c\r\n", "Expect: 100-continue\r\n", "Relay-Pool: \r\n", " HTTP/1.1\r\n", "HTTP/2.0", "FFFFFFFFFFFFFFFF\r\n",
    ];

    public static Shot Next(Dice dice)
    {
        var text = new StringBuilder();
        for (var requests = dice.Between(1, 4); requests > 0; requests--)
        {
            text.Append(Good(dice));
        }

        var broken = Break(text.ToString(), dice);

        // Doubled lines may make many requests of few.
        return new Shot("mutations", broken, Expected.Anything, Requests: broken.Count(c => c == '\n') + 1);
    }

    /// <summary>The text with a few changes.</summary>
    public static string Break(string text, Dice dice)
    {
        for (var changes = dice.Between(1, 4); changes > 0 && text.Length > 0; changes--)
        {
            var at = dice.Below(text.Length);
            text = dice.Below(7) switch
            {
                0 => text.Remove(at, 1).Insert(at, $"{(char)dice.Below(256)}"),
                1 => text.Remove(at, 1),
                2 => text.Insert(at, dice.Of(_scraps)),
                3 => text.Remove(at, dice.Below(text.Length - at) + 1),
                4 => text.Insert(at, text[dice.Below(at + 1)..at]),
                5 => text.Remove(at, 1).Insert(at, $"{(char)(text[at] ^ (1 << dice.Below(8)))}"),
                _ => text[..at],
            };
        }

        return text;
    }

    private static string Good(Dice dice) => dice.Below(8) switch
    {
        0 => Text.Request("PUT", Text.Node("broken-1"), "Relay-Pool: blue"),
        1 => Text.Request("PUT", Text.Node("%41%C3%A9"), "Berth-User: ada", "Berth-Host: ws", "Prefer: return=representation"),
        2 => Text.Request("DELETE", Text.Node($"broken-{dice.Below(4)}")),
        3 => Text.Request("PUT", Text.Node("broken-2"), "Content-Length: 5") + "hello",
        4 => Text.Request("PUT", Text.Node("broken-3"), "Transfer-Encoding: chunked") + Text.Chunked("hello there", dice),
        5 => Text.Request("PUT", "http://berth/v1/nodes/broken-4?x=y", "Relay-Pool: tight"),
        6 => Text.Request("HEAD", "/readyz?verbose"),
        _ => Text.Request("GET", "/v1/health"),
    };
}
