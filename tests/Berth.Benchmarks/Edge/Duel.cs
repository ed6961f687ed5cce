using Berth.Benchmarks.Processes;

namespace Berth.Benchmarks.Edge;

/// <summary>One round of one server. The processor times are microseconds an answer, of the server and of what drove it.</summary>
internal sealed record Sample(double PerSecond, double P50Ms, double P99Ms, double MaxMs, double ServerMicros, double DriverMicros);

/// <summary>
/// Two servers measured in turn, the second before and after each round of the first: B A B A … B. A round of the first is compared with
/// the mean of its two neighbours, because absolute figures drift and a steady drift cancels out that way.
/// </summary>
internal sealed record Duel(
    string Measure, int Connections, string First, string Second, IReadOnlyList<Sample> OfFirst, IReadOnlyList<Sample> OfSecond)
{
    public double Ratio => Median(OfFirst.Select((_, round) => RatioOf(round)));

    public double LeastRatio => OfFirst.Select((_, round) => RatioOf(round)).Min();

    public double GreatestRatio => OfFirst.Select((_, round) => RatioOf(round)).Max();

    public static async Task<Duel> RunAsync(
        string measure, int connections, int rounds, Server first, Server second, Func<Server, int, Task<Sample>> round)
    {
        var ofFirst = new List<Sample>();
        var ofSecond = new List<Sample> { await round(second, connections) };
        var duel = new Duel(measure, connections, first.Name, second.Name, ofFirst, ofSecond);
        for (var i = 0; i < rounds; i++)
        {
            ofFirst.Add(await round(first, connections));
            ofSecond.Add(await round(second, connections));
            Console.WriteLine(
                $"  {measure} {connections}: {first.Name} {ofFirst[i].PerSecond:N0}/s, {second.Name} before and after "
                + $"{ofSecond[i].PerSecond:N0}/s and {ofSecond[i + 1].PerSecond:N0}/s, ratio {duel.RatioOf(i):F3}");
        }

        return duel;
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private double RatioOf(int round) => OfFirst[round].PerSecond * 2 / (OfSecond[round].PerSecond + OfSecond[round + 1].PerSecond);
}
