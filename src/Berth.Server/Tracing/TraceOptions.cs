namespace Berth.Server.Tracing;

/// <summary>Where traces go.</summary>
/// <param name="Endpoint">The collector, <c>http</c> or <c>https</c>. Port 4317 is spoken to by gRPC, any other by HTTP.</param>
/// <param name="Ratio">Of the traces that no client has decided on, how many are kept: 0 to 1.</param>
public sealed record TraceOptions(Uri Endpoint, double Ratio)
{
    /// <summary>What OTLP over gRPC is usually reached at.</summary>
    public const int GrpcPort = 4317;

    /// <summary>All of them.</summary>
    public const double DefaultRatio = 1.0;

    /// <summary>What the member is called in its spans.</summary>
    public string Member { get; init; } = "berth";

    /// <summary>The program's version.</summary>
    public string? Version { get; init; }
}
