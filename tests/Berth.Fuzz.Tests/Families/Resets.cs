using Berth.Fuzz.Tests.Chance;
using Berth.Fuzz.Tests.Wire;

namespace Berth.Fuzz.Tests.Families;

/// <summary>Connections that are broken off or half closed: within a request, within a body, or before the answers are read.</summary>
internal static class Resets
{
    public static Shot Next(Dice dice)
    {
        var text = "";
        var requests = dice.Between(1, 6);
        for (var i = 0; i < requests; i++)
        {
            text += Text.Request(dice.OneIn(2) ? "PUT" : "DELETE", Text.Node($"gone-{dice.Below(30)}"), "Relay-Pool: loose");
        }

        text += dice.Below(3) switch
        {
            0 => text[..dice.Below(text.Length)],
            1 => Text.Request("PUT", Text.Node("gone"), "Relay-Pool: loose", "Content-Length: 1000") + "begun",
            _ => "",
        };
        var halfClosed = dice.OneIn(2);
        return new Shot(halfClosed ? "half-closed" : "resets", text, Expected.Anything, Whole(text) + 1)
        {
            HalfClosed = halfClosed,
            BrokenOff = !halfClosed,
            Uncounted = true,
        };
    }

    /// <summary>How many requests came to the end of their headers: what is cut off may hold whole ones before the cut.</summary>
    private static int Whole(string text) => text.Split("\r\n\r\n").Length - 1;
}
