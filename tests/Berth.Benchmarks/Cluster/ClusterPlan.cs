namespace Berth.Benchmarks.Cluster;

/// <summary>What the verb <c>cluster</c> measures and how long.</summary>
internal sealed record ClusterPlan(int Rounds, TimeSpan Duration, TimeSpan WarmUp, int Pools, IReadOnlySet<string> Parts, string? Scratch, bool Check)
{
    public const int Members = 3;
    public const int Connections = 64;

    /// <summary>Pools that a few are: what members are compared on when nothing but claims costs.</summary>
    public const int FewPools = 8;
    public const int SeatsEach = 128;

    private const string AllParts = "forwarded,total,takeover";

    public static ClusterPlan From(Options options)
    {
        var plan = new ClusterPlan(
            options.Number("rounds", 3),
            options.Seconds("seconds", 5),
            options.Seconds("warmup", 2),
            options.Number("pools", 20_000, FewPools),
            options.Text("only", AllParts).Split(',').ToHashSet(StringComparer.Ordinal),
            options.TextOrNull("scratch"),
            options.Has("check"));
        options.RefuseUnknown();
        return plan.Parts.FirstOrDefault(part => !AllParts.Split(',').Contains(part, StringComparer.Ordinal)) is { } unknown
            ? throw new BenchException($"--only takes {AllParts}, not '{unknown}'")
            : plan;
    }
}
