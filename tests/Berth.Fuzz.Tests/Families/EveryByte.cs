using Berth.Fuzz.Tests.Chance;
using Berth.Fuzz.Tests.Wire;

namespace Berth.Fuzz.Tests.Families;

/// <summary>Each of the 256 bytes, as it is and escaped, at each place of a fingerprint and of a pool's name.</summary>
internal static class EveryByte
{
    private static readonly Expected _badRequest = new(400);
    private static readonly string[] _methods = ["PUT", "DELETE"];
    private static readonly int[] _places = [0, 2, 4];

    /// <summary>All of them, in order: nothing here is left to chance.</summary>
    public static IEnumerable<Shot> All()
    {
        foreach (var method in _methods)
        {
            for (var value = 0; value < 256; value++)
            {
                foreach (var at in _places)
                {
                    yield return Raw(method, (char)value, at);
                    yield return Escaped(method, value, at);
                    yield return Pool(method, $"{(char)value}", at, _badRequest);
                    yield return Pool(method, $"%{value:X2}", at, _badRequest);
                }
            }
        }
    }

    /// <summary>Several bytes of chance.</summary>
    public static Shot Next(Dice dice)
    {
        var method = dice.Of(_methods);
        var bytes = dice.Bytes(dice.Between(1, 12));
        return dice.Below(3) switch
        {
            0 => new Shot("bytes in a fingerprint", Text.Request(method, Text.Node(bytes)), Expected.Anything),
            1 => new Shot(
                "escaped bytes in a fingerprint",
                Text.Request(method, Text.Node(string.Concat(bytes.Select(value => $"%{(int)value:X2}")))),
                Expected.Anything) { Least = 1 },
            _ => new Shot("bytes in a pool's name", Text.Request(method, Text.Node("bytes"), $"Relay-Pool: {bytes}"), Expected.Anything),
        };
    }

    private static Shot Raw(string method, char value, int at)
    {
        var expected = value switch
        {
            // A question mark ends the path: before anything else that leaves no fingerprint.
            '?' => at == 0 ? new Expected(404) : Expected.Claims,
            '/' => new Expected(404),
            // Two blanks before the version are one to the web server.
            ' ' when at == 4 => Expected.Claims,
            '%' or <= ' ' or >= '\u007f' => _badRequest,
            _ => Expected.Claims,
        };
        return new Shot("a byte in a fingerprint", Text.Request(method, Text.Node("byte".Insert(at, $"{value}"))), expected) { Least = 1 };
    }

    private static Shot Escaped(string method, int value, int at)
    {
        var expected = value switch
        {
            '/' => new Expected(404),
            < ' ' or >= 0x7F => _badRequest,
            _ => Expected.Claims,
        };
        return new Shot("an escaped byte in a fingerprint", Text.Request(method, Text.Node("byte".Insert(at, $"%{value:X2}"))), expected)
        {
            Least = 1,
        };
    }

    /// <summary>No pool is called so, whatever the byte, unless it is a blank around the name.</summary>
    private static Shot Pool(string method, string value, int at, Expected expected) =>
        new("a byte in a pool's name", Text.Request(method, Text.Node("byte"), $"Relay-Pool: {"pool".Insert(at, value)}"), expected) { Least = 1 };
}
