using System.Globalization;
using Berth.Benchmarks.Edge;

namespace Berth.Benchmarks.Scale;

/// <summary>A figure of the last line, and what it must not exceed or fall below.</summary>
internal sealed record Figure(string Name, double Value, double? Limit = null, double? AtLeast = null)
{
    /// <summary>What does not hold, in words; null: it holds.</summary>
    public string? Missed => Value > Limit ? $"{this}, the limit is {Limit}" : Value < AtLeast ? $"{this}, the floor is {AtLeast}" : null;

    public override string ToString() => $"{Name}={Value.ToString(AtLeast is null ? "0.#" : "0.000", CultureInfo.InvariantCulture)}";
}

/// <summary>A short table, how busy the machine was, and as the last line the figures that scripts read.</summary>
internal sealed class ScaleReport
{
    private const double DisturbedFrom = 0.05;

    private readonly Machine _before = Machine.Snapshot();

    public void Row(string what, string value) => Console.WriteLine($"  {what,-58} {value}");

    public void Row(string what, double ms) => Row(what, string.Create(CultureInfo.InvariantCulture, $"{ms,10:N1} ms"));

    /// <summary>The exit code: 1 when a floor is missed and that was asked for.</summary>
    public async Task<int> EndAsync(bool check, params IReadOnlyList<Figure> figures)
    {
        var others = _before.OthersShareSince();
        Console.WriteLine($"other processes used about {others:P0} of the machine meanwhile{(others > DisturbedFrom ? ": a disturbed run" : "")}");
        Console.WriteLine(string.Join(' ', figures));
        var missed = figures.Select(figure => figure.Missed).OfType<string>().ToList();
        foreach (var figure in check ? missed : [])
        {
            await Console.Error.WriteLineAsync($"missed: {figure}");
        }

        return check && missed.Count > 0 ? 1 : 0;
    }
}
