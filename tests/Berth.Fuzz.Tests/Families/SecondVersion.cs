using Berth.Fuzz.Tests.Chance;
using Berth.Fuzz.Tests.Wire;

namespace Berth.Fuzz.Tests.Families;

/// <summary>Requests to <c>/v2/pools/{pool}/claims/{fingerprint}</c>, with bodies from good to absurd, and changed by chance.</summary>
internal static class SecondVersion
{
    /// <summary>What "--" becomes where a byte is lost.</summary>
    private const string GlobalPool = "/pools/-/";

    private static readonly string[] _methods = ["PUT", "GET", "DELETE", "POST", "HEAD", "PATCH"];
    // The global pool is left out: its seats are counted.
    private static readonly string[] _pools = ["loose", "%6Coose", "nowhere", "--", "", "%00", "a%2Fb", "%ff", "..", "l\u00ff"];
    private static readonly string[] _types = ["application/json", "application/json; charset=utf-16", "text/plain", "", "application/problem+json", "/"];

    private static readonly string[] _members =
        ["user", "host", "identity", "features", "wait", "waitSeconds", "wait_seconds", "key", "claimKey", "claim_key", "ttl", "pool", "fingerprint", "seats"];

    public static Shot Next(Dice dice)
    {
        var text = "";
        var requests = dice.Between(1, 8);
        for (var i = 0; i < requests; i++)
        {
            var body = dice.OneIn(3) ? "" : dice.OneIn(3) ? Object(dice) : Json.Next(dice, _members);
            var target = $"/v2/pools/{dice.Of(_pools)}/claims/{(dice.OneIn(6) ? dice.Bytes(4) : $"v2-{dice.Below(20)}")}";
            List<string> headers = [$"Content-Type: {dice.Of(_types)}"];
            headers.Add(dice.OneIn(8) && body.Length > 0 ? "Transfer-Encoding: chunked" : $"Content-Length: {body.Length}");
            text += Text.Request(dice.Of(_methods), target, [.. headers]) + (headers[1].StartsWith('T') ? Text.Chunked(body, dice) : body);
        }

        var broken = dice.OneIn(4) ? Mutations.Break(text, dice) : text;
        text = broken.Contains(GlobalPool, StringComparison.Ordinal) ? text : broken;
        return new Shot("/v2", text, Expected.SecondVersion, Requests: Math.Max(requests, text.Count(c => c == '\n') + 1)) { Uncounted = true };
    }

    private static string Object(Dice dice) =>
        $"{{{string.Join(',', Enumerable.Range(0, dice.Below(5)).Select(_ => $"\"{dice.Of(_members)}\":{Json.Value(dice, 1)}"))}}}";
}
