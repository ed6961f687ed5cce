namespace Berth.Benchmarks.Load;

/// <summary>
/// One run of the claim generator. With <see cref="PutsOnly"/> nothing is released: that is for comparing it with wrk. With several
/// <see cref="Pools"/> their names are <see cref="Pool"/> with a number behind it, and each connection goes through its share of them.
/// </summary>
internal sealed record LoadPlan(
    int Port, int Connections, int Threads, TimeSpan WarmUp, TimeSpan Duration, string? Pool, int Pools, string Prefix, bool PutsOnly)
{
    /// <summary>The pools of one connection.</summary>
    public IReadOnlyList<string?> PoolsOf(int connection) => Pools == 1
        ? [Pool]
        : [.. Enumerable.Range(0, Math.Max(1, (Pools - (connection % Pools) + Connections - 1) / Connections)).Select(turn => PoolName((connection % Pools) + (turn * Connections)))];

    /// <summary>The name of one of several pools.</summary>
    public string PoolName(int number) => $"{Pool}-{number}";

    public static LoadPlan From(Options options)
    {
        var connections = options.Number("connections", 64);
        var plan = new LoadPlan(
            options.Number("port"),
            connections,
            Math.Min(options.Number("threads", 2), connections),
            options.Seconds("warmup", 1),
            options.Seconds("seconds", 5),
            options.TextOrNull("pool"),
            options.Number("pools", 1),
            options.Text("prefix", "claims"),
            options.Has("puts-only"));
        options.RefuseUnknown();
        return plan;
    }
}
