using Berth.Fuzz.Tests.Chance;
using Berth.Fuzz.Tests.Wire;

namespace Berth.Fuzz.Tests.Families;

/// <summary>Bodies that are not what their headers say, or more than anybody may send.</summary>
internal static class Bodies
{
    private const int Limit = 1 << 20;

    private static readonly string[] _chunks =
    [
        "FFFFFFFFFFFFFFFF\r\n", "7FFFFFFF\r\n", "-1\r\n", "0x5\r\nhello\r\n0\r\n\r\n", "5\r\nhello", "5\r\nhello!\r\n0\r\n\r\n", "zz\r\n", "\r\n", "5;\0\r\nhello\r\n0\r\n\r\n",
        "5 \r\nhello\r\n0\r\n\r\n", "5\nhello\n0\n\n", "0\r\nX: y\r\nno colon\r\n\r\n", "00000000000000000000005\r\nhello\r\n0\r\n\r\n", "0\r\n", "1;a=\"\r\n\r\n",
    ];

    public static Shot Next(Dice dice)
    {
        var line = dice.OneIn(3) ? "DELETE /v1/nodes/body" : "PUT /v1/nodes/body";
        var (headers, body) = dice.Below(dice.OneIn(20) ? 8 : 6) switch
        {
            0 => ($"Content-Length: {dice.Below(2_000)}\r\n", dice.Bytes(dice.Below(2_000))),
            1 => ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", Text.Chunked("hello", dice)),
            2 => ("Transfer-Encoding: chunked\r\n", dice.Of(_chunks) + dice.Bytes(dice.Below(20))),
            3 => ("Transfer-Encoding: chunked\r\n", Text.Chunked(dice.Bytes(dice.Between(1, 200)), dice)),
            4 => ($"Content-Length: {dice.Of(["1048577", "2147483648", "9223372036854775807", "9223372036854775808", "-1", "", "5,5", "+5", "5\r\nContent-Length: 6"])}\r\n",
                "hello"),
            5 => ($"Content-Length: 5\r\nExpect: {dice.Of(["100-continue", "100-Continue, x", "x"])}\r\n", "hello"),
            6 => ($"Content-Length: {Limit + 1 + dice.Below(1_000)}\r\n", new string('x', Limit + 1_001)),
            _ => ("Transfer-Encoding: chunked\r\n", string.Concat(Enumerable.Repeat($"10000\r\n{new string('x', 0x10000)}\r\n", 20)) + "0\r\n\r\n"),
        };
        // What is left of a body may read like a request more.
        return new Shot("bodies", $"{line} HTTP/1.1\r\nHost: berth\r\n{headers}\r\n{body}", Expected.Anything, Requests: 3);
    }
}
