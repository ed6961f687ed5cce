namespace Berth.Benchmarks.Load;

/// <summary>One run of the claim generator. With <see cref="PutsOnly"/> nothing is released: that is for comparing it with wrk.</summary>
internal sealed record LoadPlan(
    int Port, int Connections, int Threads, TimeSpan WarmUp, TimeSpan Duration, string? Pool, string Prefix, bool PutsOnly)
{
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
            options.Text("prefix", "claims"),
            options.Has("puts-only"));
        options.RefuseUnknown();
        return plan;
    }
}
