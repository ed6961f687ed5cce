using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Berth.Server.Tracing;

/// <summary>
/// Which traces are kept: those that are kept at the sender; at the edge those that the client keeps, and of those that no client has decided on a part.
/// </summary>
internal sealed class TraceSampler(double ratio) : Sampler
{
    private readonly TraceIdRatioBasedSampler _ratio = new(ratio);

    /// <inheritdoc/>
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        if (samplingParameters.ParentContext.TraceId != default)
        {
            return Of(samplingParameters.ParentContext);
        }

        foreach (var link in samplingParameters.Links ?? [])
        {
            return Of(link.Context);
        }

        return _ratio.ShouldSample(samplingParameters);
    }

    private static SamplingResult Of(in ActivityContext decided) =>
        new((decided.TraceFlags & ActivityTraceFlags.Recorded) != ActivityTraceFlags.None ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
}
