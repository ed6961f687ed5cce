using Berth.Benchmarks.Processes;

namespace Berth.Benchmarks.Edge;

/// <summary>One round of one server. The processor times are microseconds an answer, of the server and of what drove it.</summary>
internal sealed record Sample(double PerSecond, double P50Ms, double P99Ms, double MaxMs, double ServerMicros, double DriverMicros);

/// <summary>Two servers measured in turn; the ratio of each round compares neighbours in time, because absolute figures drift.</summary>
internal sealed record Duel(string Measure, int Connections, string First, string Second, IReadOnlyList<(Sample First, Sample Second)> Rounds)
{
    public double Ratio => Median(Rounds.Select(round => round.First.PerSecond / round.Second.PerSecond));

    public IEnumerable<Sample> OfFirst => Rounds.Select(round => round.First);

    public IEnumerable<Sample> OfSecond => Rounds.Select(round => round.Second);

    public static async Task<Duel> RunAsync(
        string measure, int connections, int rounds, Server first, Server second, Func<Server, int, Task<Sample>> round)
    {
        var samples = new List<(Sample, Sample)>();
        for (var i = 0; i < rounds; i++)
        {
            var one = await round(first, connections);
            var other = await round(second, connections);
            samples.Add((one, other));
            Console.WriteLine(
                $"  {measure} {connections}: {first.Name} {one.PerSecond:N0}/s, {second.Name} {other.PerSecond:N0}/s, ratio {one.PerSecond / other.PerSecond:F3}");
        }

        return new Duel(measure, connections, first.Name, second.Name, samples);
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
