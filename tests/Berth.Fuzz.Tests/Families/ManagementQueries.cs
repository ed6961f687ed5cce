using Berth.Fuzz.Tests.Chance;
using Berth.Fuzz.Tests.Wire;

namespace Berth.Fuzz.Tests.Families;

/// <summary>Requests to the management API with any route, method and query. None of them names a license that is there.</summary>
internal static class ManagementQueries
{
    private static readonly string[] _routes =
        ["server", "policy", "pools", "pool", "pool/exception", "licenses", "license", "", "nothing", "pools/", "../admin/pools", "%70ools", "POOLS"];

    private static readonly string[] _methods = ["GET", "GET", "GET", "GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "get", "TRACE"];
    private static readonly string[] _keys = ["pool", "id", "next", "limit", "Pool", "pool[]", "", "x"];

    private static readonly string[] _values =
    [
        "", "-", "blue", "tight", "nowhere", "0", "1", "-1", "2", "1000", "1001", "2147483647", "2147483648", "-2147483648", "9223372036854775808", "1e3", "+5", "%205",
        "0x10", "NaN", "%00", "%ff", "%ED%A0%80", "%", "%zz", "a,b", "%2F", "%E2%80%8B", "%C3%A9", "..", "'%20OR%201=1--", "00000000-0000-0000-0000-000000000000",
    ];

    private static readonly string[] _places = ["-2147483648", "-2", "-1", "0", "1", "7", "2147483646", "2147483647", "2147483648", "+1", " 1", ""];
    private static readonly string[] _pools = ["-", "blue", "tight", "loose", "managed", "nowhere", "", "%00", "%ff", ":"];

    public static Shot Next(Dice dice)
    {
        var text = "";
        var requests = dice.Between(1, 10);
        for (var i = 0; i < requests; i++)
        {
            text += Text.Request(dice.Of(_methods), $"/admin/{dice.Of(_routes)}{Query(dice)}");
        }

        var bad = dice.OneIn(10);
        text = bad ? Mutations.Break(text, dice) : text;
        return new Shot("management queries", text, Expected.Management, Math.Max(requests, text.Count(c => c == '\n') + 1)) { Least = bad ? 0 : requests };
    }

    private static string Query(Dice dice)
    {
        var query = "";
        for (var parts = dice.Below(4); parts > 0; parts--)
        {
            var value = dice.Below(12) switch
            {
                0 => dice.Word(dice.Between(1_000, 1_100)),
                1 => dice.Word(300),
                < 6 => $"{dice.Of(_places)}:{dice.Of(_pools)}".Replace(" ", "%20", StringComparison.Ordinal),
                _ => dice.Of(_values),
            };
            query += $"{(query.Length == 0 ? '?' : '&')}{dice.Of(_keys)}{(dice.OneIn(12) ? "" : "=")}{value}";
        }

        return query;
    }
}
