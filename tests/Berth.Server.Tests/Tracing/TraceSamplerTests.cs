using System.Diagnostics;
using Berth.Server.Tracing;
using OpenTelemetry.Trace;

namespace Berth.Server.Tests.Tracing;

/// <summary>Which traces are kept.</summary>
public sealed class TraceSamplerTests
{
    private const int Many = 2_000;

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.25, 350, 650)]
    [InlineData(1, Many, Many)]
    public void Of_traces_that_nobody_has_decided_on_the_ratio_is_kept(double ratio, int least, int most) =>
        Enumerable.Range(0, Many).Count(_ => IsKept(ratio)).ShouldBeInRange(least, most);

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void What_the_sender_or_the_client_has_decided_stays_so_whatever_the_ratio(double ratio, bool kept)
    {
        var decided = new ActivityContext(
            ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), kept ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None, isRemote: true);
        IsKept(ratio, parent: decided).ShouldBe(kept);
        IsKept(ratio, links: [new ActivityLink(decided)]).ShouldBe(kept);
    }

    private static bool IsKept(double ratio, ActivityContext parent = default, IEnumerable<ActivityLink>? links = null) =>
        new TraceSampler(ratio).ShouldSample(new SamplingParameters(parent, ActivityTraceId.CreateRandom(), "PUT", ActivityKind.Server, null, links))
            .Decision == SamplingDecision.RecordAndSample;
}
