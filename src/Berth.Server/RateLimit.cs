using System.Globalization;

namespace Berth.Server;

/// <summary>So many requests in a unit of time, and twice as many at once after a pause.</summary>
/// <param name="Count">Requests in each unit: 1 to <see cref="MaxCount"/>.</param>
/// <param name="Unit">A second, a minute or an hour.</param>
public sealed record RateLimit(int Count, TimeSpan Unit)
{
    /// <summary>The most requests in a unit.</summary>
    public const int MaxCount = 1_000_000;

    /// <summary>How many requests may come at once.</summary>
    public int Burst => 2 * Count;

    /// <summary>Reads <c>20</c>, <c>20/s</c>, <c>30/m</c> or <c>100/h</c>; null: the text is none of these.</summary>
    public static RateLimit? Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var count = slash < 0 ? text : text[..slash];
        TimeSpan? unit = slash < 0 ? TimeSpan.FromSeconds(1) : text[(slash + 1)..] switch
        {
            "s" => TimeSpan.FromSeconds(1),
            "m" => TimeSpan.FromMinutes(1),
            "h" => TimeSpan.FromHours(1),
            _ => null,
        };
        return unit is { } known && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is >= 1 and <= MaxCount
            ? new RateLimit(number, known)
            : null;
    }
}
