namespace Berth.Benchmarks.Cluster;

/// <summary>The pools of the bench: one prefix, and a number behind it.</summary>
internal static class PoolNames
{
    public const string Prefix = "bench";

    public static string Of(int number) => $"{Prefix}-{number}";

    public static IEnumerable<string> Range(int from, int to) => Enumerable.Range(from, to - from).Select(Of);
}
