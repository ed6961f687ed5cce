using Berth.Fuzz.Tests.Chance;
using Berth.Fuzz.Tests.Wire;

namespace Berth.Fuzz.Tests.Families;

/// <summary>JSON, and what is nearly JSON.</summary>
internal static class Json
{
    private static readonly string[] _scalars =
    [
        "null", "true", "false", "0", "-0", "1", "-1", "1e999", "-1e-999", "2147483648", "9223372036854775807", "9223372036854775808", "18446744073709551616", "1.5",
        "\"\"", "\"x\"", "\"\\ud800\"", "\"\\u0000\"", "\"\\udc00\\ud800\"", "\"\u00ff\"", "\"fifo\"", "\"AA==\"", "\"-\"", "\"\u00c3\u00a9\"", "\"\\ud83d\\ude00\"", "\"a\\nb\"",
    ];

    private static readonly string[] _nearly =
    [
        "", " ", "\u00ef\u00bb\u00bf{}", "{", "}", "{}{}", "{} x", "{,}", "{\"a\"}", "{\"a\":}", "{'a':1}", "{\"a\":1,}", "[1,]", "NaN", "Infinity", "01", "+1", "\"", "\"\\x\"",
        "// note\n{}", "{\"\\ud800\":1}", "{\"a\":1,\"a\":2}", "\0", "{\"a\":\"\t\"}", "nul", "tru", "\u00fe\u00ff\0{\0}",
    ];

    /// <param name="dice">Chance.</param>
    /// <param name="names">Names that mean something to the reader.</param>
    public static string Next(Dice dice, IReadOnlyList<string> names)
    {
        switch (dice.Below(dice.OneIn(40) ? 8 : 6))
        {
            case 0:
                return dice.Of(_nearly);
            case 1:
                return dice.Of(_scalars);
            case 2:
                return Value(dice, 4);
            case 3:
                return Mutations.Break($"{{\"{dice.Of(names)}\":{Value(dice, 2)}}}", dice);
            case 4:
                return dice.Bytes(dice.Below(200));
            case 5:
                return $"{{{string.Join(',', names.Where(_ => dice.OneIn(2)).Select(name => $"\"{name}\":{Value(dice, 2)}"))}}}";
            case 6:
                return Deep(dice.Of(["[", "{\"a\":", "[{\"a\":"]), dice.Between(60, 100_000));
            default:
                return $"{{\"{dice.Of(names)}\":\"{new string('x', dice.Between(100_000, 400_000))}\"}}";
        }
    }

    public static string Value(Dice dice, int depth) => (depth == 0 ? 0 : dice.Below(4)) switch
    {
        2 => $"[{string.Join(',', Enumerable.Range(0, dice.Below(4)).Select(_ => Value(dice, depth - 1)))}]",
        3 => $"{{{string.Join(',', Enumerable.Range(0, dice.Below(4)).Select(i => $"\"{dice.Word(1)}{i}\":{Value(dice, depth - 1)}"))}}}",
        _ => dice.Of(_scalars),
    };

    /// <summary>One thing inside the other, closed for as long as there are as many closings.</summary>
    public static string Deep(string open, int depth) =>
        string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(open switch { "[" => "]", "[{\"a\":" => "}]", _ => "}" }, depth));
}
