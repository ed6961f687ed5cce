using System.Buffers;
using System.Globalization;
using System.Text;

namespace Berth.Cli.Flags;

/// <summary>Durations as Go writes them: <c>30s</c>, <c>1m30s</c>, <c>1.5h</c>, <c>500ms</c>.</summary>
internal static class GoDuration
{
    private const decimal NanosecondsPerTick = 100;
    private static readonly SearchValues<char> _number = SearchValues.Create("0123456789.");

    /// <summary>Reads a duration; null means that it worked, otherwise the text says as Go why not.</summary>
    public static string? TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var rest = text.AsSpan();
        var negative = rest is ['-', ..];
        rest = rest is ['-' or '+', ..] ? rest[1..] : rest;
        if (rest is "0")
        {
            return null;
        }

        var sum = 0m;
        if (rest.IsEmpty)
        {
            return Invalid(text);
        }

        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(_number);
            var number = digits < 0 ? rest : rest[..digits];
            if (number.Length is 0 or > 19 || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            {
                return Invalid(text);
            }

            if (digits < 0)
            {
                return $"time: missing unit in duration {Quoted(text)}";
            }

            rest = rest[digits..];
            var next = rest.IndexOfAny(_number);
            var unit = next < 0 ? rest : rest[..next];
            if (Nanoseconds(unit) is not { } nanoseconds)
            {
                return $"time: unknown unit {Quoted(unit.ToString())} in duration {Quoted(text)}";
            }

            sum += value * nanoseconds;
            rest = rest[unit.Length..];
            if (sum > long.MaxValue)
            {
                return Invalid(text);
            }
        }

        duration = TimeSpan.FromTicks((long)(sum / NanosecondsPerTick) * (negative ? -1 : 1));
        return null;
    }

    /// <summary>Writes a duration as Go does: <c>1m30s</c>, <c>500ms</c>, <c>0s</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration < TimeSpan.Zero)
        {
            return "-" + Format(duration.Negate());
        }

        if (duration < TimeSpan.FromSeconds(1))
        {
            return duration == TimeSpan.Zero ? "0s" : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.####}ms");
        }

        var text = new StringBuilder();
        var hours = (long)duration.TotalHours;
        if (hours > 0)
        {
            text.Append(hours).Append('h');
        }

        if (hours > 0 || duration.Minutes > 0)
        {
            text.Append(duration.Minutes).Append('m');
        }

        var seconds = (decimal)(duration.Ticks % TimeSpan.TicksPerMinute) / TimeSpan.TicksPerSecond;
        return text.Append(seconds.ToString("0.#######", CultureInfo.InvariantCulture)).Append('s').ToString();
    }

    private static decimal? Nanoseconds(ReadOnlySpan<char> unit) => unit switch
    {
        "ns" => 1m,
        "us" or "µs" or "μs" => 1_000m,
        "ms" => 1_000_000m,
        "s" => 1_000_000_000m,
        "m" => 60_000_000_000m,
        "h" => 3_600_000_000_000m,
        _ => null,
    };

    private static string Invalid(string text) => $"time: invalid duration {Quoted(text)}";

    private static string Quoted(string text) => GoText.Quote(text);
}
