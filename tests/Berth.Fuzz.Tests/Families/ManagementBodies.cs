using Berth.Fuzz.Tests.Chance;
using Berth.Fuzz.Tests.Wire;

namespace Berth.Fuzz.Tests.Families;

/// <summary>Bodies for the management API: licenses to add and policies to set, of a pool of their own, from good to absurd.</summary>
internal static class ManagementBodies
{
    private const string Exception = "/admin/pool/exception?pool=managed";
    private const string Licenses = "/admin/licenses";
    private const int Limit = 32 * 1024 * 1024;

    private static readonly string[] _exception = ["ttlMs", "strategy", "heartbeats", "TTLMS"];
    private static readonly string[] _request = ["licenses", "publicKey", "pool", "seats", "allSeats"];
    private static readonly string[] _upload = ["file", "key"];
    private static readonly string[] _good =
    [
        "{\"ttlMs\":60000}", "{\"strategy\":\"fifo\"}", "{\"heartbeats\":false}", "{}", "{\"ttlMs\":30000,\"strategy\":\"rand\",\"heartbeats\":true}",
        "{\"ttlMs\":29999}", "{\"ttlMs\":9223372036854775807}", "{\"ttlMs\":-9223372036854775808}", "{\"ttlMs\":1e300}",
    ];

    public static Shot Next(Dice dice)
    {
        var text = "";
        var requests = dice.Between(1, 4);
        for (var i = 0; i < requests; i++)
        {
            text += dice.OneIn(2) ? With(dice, "PUT", Exception, dice.OneIn(3) ? dice.Of(_good) : Json.Next(dice, _exception))
                : With(dice, "POST", Licenses, dice.OneIn(2) ? Uploads(dice) : Json.Next(dice, _request));
        }

        text = dice.OneIn(5) ? Mutations.Break(text, dice) : text;
        return new Shot("management bodies", text, Expected.Management, Math.Max(requests, text.Count(c => c == '\n') + 1));
    }

    private static string With(Dice dice, string method, string target, string body) => dice.Below(16) switch
    {
        0 => Text.Request(method, target, "Transfer-Encoding: chunked") + Text.Chunked(body, dice),
        1 => Text.Request(method, target, $"Content-Length: {dice.Of([$"{Limit + 1}", "-1", "99999999999999999999", $"{body.Length + 1}", "x"])}") + body,
        2 => Text.Request(method, target) + body,
        _ => Text.Request(method, target, $"Content-Length: {body.Length}", "Content-Type: application/json") + body,
    };

    private static string Uploads(Dice dice)
    {
        var uploads = Enumerable.Range(0, dice.OneIn(10) ? 101 : dice.Below(4)).Select(_ => dice.OneIn(4)
            ? Json.Value(dice, 2)
            : $"{{\"{_upload[0]}\":\"{File(dice)}\",\"{_upload[1]}\":{(dice.OneIn(4) ? Json.Value(dice, 1) : "\"KEY\"")}}}");
        var key = dice.OneIn(3) ? Json.Value(dice, 1) : $"\"{Convert.ToHexString(Text.Bytes(dice.Bytes(32)))}\"";
        var pool = dice.Of(["\"managed\"", "\"managed\"", "\"managed\"", "\"\\u0000\"", "\"\"", "5", "\"\\ud800\""]);
        return $"{{\"licenses\":[{string.Join(',', uploads)}],\"publicKey\":{key},\"pool\":{pool},\"seats\":{dice.Of(["1", "0", "-1", "1000001", "null", "1.5", "\"1\""])}}}";
    }

    private static string File(Dice dice) => dice.Below(4) switch
    {
        0 => "",
        1 => "no base64!",
        2 => Convert.ToBase64String(Text.Bytes(dice.Bytes(dice.Below(300)))),
        _ => Convert.ToBase64String(Text.Bytes($"-----BEGIN LICENSE FILE-----\n{Convert.ToBase64String(Text.Bytes(Json.Next(dice, ["enc", "sig", "alg"])))}\n-----END LICENSE FILE-----\n")),
    };
}
