using Berth.Runtime.Routing;
using Berth.Server.Metrics;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Http;

/// <summary>What <c>/v1</c> and <c>/v2</c> share.</summary>
/// <param name="Router">Brings commands to their pools.</param>
/// <param name="Options">What the member was started with.</param>
/// <param name="Callers">Who sends requests.</param>
/// <param name="Owed">Licenses that could not be handed out, whichever API was asked.</param>
/// <param name="Limits">How often one may ask; null: as often as one likes.</param>
/// <param name="Log">The edge's log.</param>
internal sealed record EdgeParts(ClaimRouter Router, MemberOptions Options, Callers Callers, OwedLicenses Owed, RateLimits? Limits, ILogger Log)
{
    /// <summary>What is measured.</summary>
    public EdgeMeasures Measures { get; init; } = new(TimeProvider.System);
}
