using Berth.Fuzz.Tests.Chance;
using Berth.Fuzz.Tests.Wire;

namespace Berth.Fuzz.Tests.Families;

/// <summary>Many requests in one breath, of which the last ends the connection: the server must answer each and close by itself.</summary>
internal static class Pipelines
{
    public static Shot Next(Dice dice)
    {
        var requests = dice.OneIn(100) ? dice.Between(100, 400) : dice.Between(2, 12);
        var text = "";
        for (var i = 1; i < requests; i++)
        {
            text += dice.Below(4) switch
            {
                0 => Text.Request("PUT", Text.Node($"piped-{dice.Below(10)}"), $"Relay-Pool: {dice.Of(["blue", "tight", ""])}"),
                1 => Text.Request("DELETE", Text.Node($"piped-{dice.Below(10)}"), $"Relay-Pool: {dice.Of(["blue", "tight", ""])}"),
                2 => Text.Request("GET", "/v1/nodes/piped"),
                _ => Text.Request("GET", dice.Of(["/v1/health", "/livez", "/readyz", "/nothing"])),
            };
        }

        var end = dice.Below(4) switch
        {
            0 => "GET /v1/health HTTP/1.0\r\n\r\n",
            1 => "GET /v1/health HTTP/1.1\r\n\r\n",
            2 => "no request\r\n\r\n",
            _ => Text.Request("GET", "/v1/health", "Connection: close"),
        };
        return new Shot("pipelines", text + end, Expected.Anything, requests) { Least = requests, ServerEnds = true };
    }
}
