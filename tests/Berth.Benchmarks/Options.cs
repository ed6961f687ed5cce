using System.Globalization;

namespace Berth.Benchmarks;

/// <summary>What stood behind the verb: <c>--name value</c> pairs and bare <c>--name</c> switches.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unread;

    public Options(IEnumerable<string> arguments)
    {
        string? name = null;
        foreach (var argument in arguments)
        {
            if (argument.StartsWith("--", StringComparison.Ordinal))
            {
                name = argument[2..];
                _values[name] = "";
            }
            else if (name is not null && _values[name].Length == 0)
            {
                _values[name] = argument;
            }
            else
            {
                throw new BenchException($"'{argument}' does not belong to an option");
            }
        }

        _unread = [.. _values.Keys];
    }

    public bool Has(string name)
    {
        _unread.Remove(name);
        return _values.ContainsKey(name);
    }

    public string Text(string name, string otherwise) => Has(name) && _values[name].Length > 0 ? _values[name] : otherwise;

    public string? TextOrNull(string name) => Has(name) && _values[name].Length > 0 ? _values[name] : null;

    public int Number(string name, int otherwise, int least = 1) => TextOrNull(name) is { } text ? Parse(name, text, least) : otherwise;

    public int Number(string name) =>
        Parse(name, TextOrNull(name) ?? throw new BenchException($"--{name} is required"), 1);

    /// <summary>A decimal number of seconds.</summary>
    public TimeSpan Seconds(string name, double otherwise)
    {
        var text = Text(name, otherwise.ToString(CultureInfo.InvariantCulture));
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and <= 3600
            ? TimeSpan.FromSeconds(seconds)
            : throw new BenchException($"--{name} takes 0 to 3600 seconds, not '{text}'");
    }

    /// <summary>Call it last: an option that nobody asked for is a typing error.</summary>
    public void RefuseUnknown()
    {
        if (_unread.Count > 0)
        {
            throw new BenchException($"unknown option --{_unread.First()}");
        }
    }

    private static int Parse(string name, string text, int least) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least
            ? number
            : throw new BenchException($"--{name} takes a whole number from {least} on, not '{text}'");
}
