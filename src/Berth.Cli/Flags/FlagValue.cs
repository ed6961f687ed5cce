using System.Globalization;
using Berth.Pools;

namespace Berth.Cli.Flags;

/// <summary>Texts to values, with the reasons that Relay's users know.</summary>
internal static class FlagValue
{
    /// <summary>Null: the text is a value of this kind. Otherwise why not.</summary>
    public static string? Flaw(FlagKind kind, string text) => kind switch
    {
        FlagKind.Switch => GoText.Bool(text) is null ? $"strconv.ParseBool: parsing {GoText.Quote(text)}: invalid syntax" : null,
        FlagKind.Number or FlagKind.Count => Number(text) is null ? $"strconv.ParseInt: parsing {GoText.Quote(text)}: invalid syntax" : null,
        FlagKind.Duration => GoDuration.TryParse(text, out _),
        FlagKind.Strategy => Strategy(text) is null ? "must be one of \"lifo\", \"fifo\", or \"rand\"" : null,
        FlagKind.List => GoText.TrySplit(text, []) ? null : "parse error: quotes do not match",
        _ => null,
    };

    /// <summary>Whether Relay would take an environment variable's text: it ignores what it cannot read, and zeros.</summary>
    public static bool RelayTakes(FlagKind kind, string text) => kind switch
    {
        FlagKind.Switch => text is "1" or "t" or "true",
        FlagKind.Number => Number(text) is not (null or 0),
        FlagKind.Duration => GoDuration.TryParse(text, out var duration) is null && duration != TimeSpan.Zero,
        _ => true,
    };

    public static int? Number(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static Strategy? Strategy(string text) => text switch
    {
        "fifo" => Pools.Strategy.Fifo,
        "lifo" => Pools.Strategy.Lifo,
        "rand" => Pools.Strategy.Rand,
        _ => null,
    };
}
