namespace Berth.Benchmarks.Edge;

/// <summary>What <c>edge</c> was asked to do. The sizes of the pools are those of the floors; only tries use smaller ones.</summary>
internal sealed record EdgePlan(
    int Rounds, TimeSpan Duration, TimeSpan WarmUp, int ManyLicenses, IReadOnlySet<string> Parts, bool StandIn, string? Scratch, bool Check)
{
    public const int FewLicenses = 100;
    public const int SeatsEach = 10;
    public const int StormSeats = 2000;
    public const int StormClaims = 3000;
    public const int CountedConnections = 64;
    public const int PrintedConnections = 256;

    private static readonly string[] AllParts = ["heartbeats", "claims", "flat", "storm"];

    public static EdgePlan From(Options options)
    {
        var parts = options.Text("only", string.Join(',', AllParts)).Split(',').ToHashSet(StringComparer.Ordinal);
        if (parts.FirstOrDefault(part => !AllParts.Contains(part)) is { } stranger)
        {
            throw new BenchException($"--only takes {string.Join(", ", AllParts)}, not '{stranger}'");
        }

        var berth = options.Text("berth", "product");
        if (berth is not ("product" or "bare"))
        {
            throw new BenchException($"--berth takes product or bare, not '{berth}'");
        }

        var plan = new EdgePlan(
            options.Number("rounds", 3),
            options.Seconds("seconds", 5),
            options.Seconds("warmup", 1),
            options.Number("licenses", 100_000),
            parts,
            berth == "bare",
            options.TextOrNull("scratch"),
            options.Has("check"));
        options.RefuseUnknown();
        return plan;
    }
}
