using Berth.Fuzz.Tests.Chance;
using Berth.Fuzz.Tests.Wire;

namespace Berth.Fuzz.Tests.Families;

/// <summary>Headers: too many, too long, twice, folded, without a colon, with the wrong line ends, or with bytes that are no text.</summary>
internal static class HeaderFloods
{
    private static readonly string[] _names =
    [
        "Relay-Pool", "Berth-User", "Berth-Host", "Prefer", "Host", "Content-Length", "Transfer-Encoding", "Connection", "Expect", "Upgrade", "Cookie",
        "X-Forwarded-For", "Content-Type", "Accept-Encoding", "Authorization", "If-Match", "Range", "TE", "Trailer", "Keep-Alive", "Date", "HTTP2-Settings",
    ];

    private static readonly string[] _values =
    [
        "", " ", "blue", "-", "tight", "a,b", ",", "\t", "close", "keep-alive", "upgrade", "chunked", "gzip, chunked", "chunked, chunked", "0", "-1", "+1", "1e3",
        "0x10", "18446744073709551616", "100-continue", "200-ok", "h2c", "websocket", "return=representation", "\u00ff", "\u00c3\u00a9", "\u007f", "a\0b", "bytes=0-",
    ];

    public static Shot Next(Dice dice)
    {
        var headers = dice.Below(9) switch
        {
            0 => Many(dice, dice.Between(60, 70)),
            1 => Many(dice, dice.Between(500, 3_000)),
            2 => $"X-Long: {dice.Word(dice.Between(15_000, 17_000))}\r\n",
            3 => $"{dice.Word(dice.Between(10_000, 200_000))}: x\r\n",
            4 => "Relay-Pool: blue\r\n  and\r\n\tmore\r\n",
            5 => string.Concat(Enumerable.Repeat($"{dice.Of(_names)}: {dice.Of(_values)}\r\n", dice.Between(2, 60))),
            6 => $"{dice.Of(_names)}{dice.Of(["", " ", " :", "\t:", ":", "::", "\0:", "=", ";"])}{dice.Of(_values)}\r\n",
            7 => $"{dice.Of(_names)}: {dice.Of(_values)}{dice.Of(["\r", "\n", "\r\r\n", "\n\r", "\0", "\r\n \r\n", "\u0085", "\v\f"])}X: y\r\n",
            _ => $"{dice.Bytes(dice.Between(1, 20))}: {dice.Bytes(dice.Between(0, 40))}\r\n",
        };
        var line = dice.OneIn(2) ? "PUT /v1/nodes/flood HTTP/1.1\r\n" : "GET /v1/health HTTP/1.1\r\n";
        return new Shot("header floods", $"{line}Host: berth\r\n{headers}\r\n", Expected.Anything, Requests: 2);
    }

    private static string Many(Dice dice, int count) =>
        string.Concat(Enumerable.Range(0, count).Select(i => $"{(dice.OneIn(4) ? dice.Of(_names) : $"X-{i}")}: {dice.Of(_values)}\r\n"));
}
