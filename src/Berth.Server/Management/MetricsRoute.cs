using Berth.Protocol;
using Berth.Server.Metrics;

namespace Berth.Server.Management;

/// <summary>Gives the metrics of the member that answers.</summary>
internal static class MetricsRoute
{
    private static readonly RouteDescription _about = new("The member's metrics, as Prometheus' text", Answer: null) { AlsoAs = "text/plain" };

    public static ManagementRoute Of(IAdministration administration) =>
        new(ManagementRoutes.Metrics, "GET", _about, exchange => (administration as Administration)?.Metrics is { } metrics
            ? Scrape.HandleAsync(exchange.Context, metrics)
            : exchange.RefuseAsync(new Problem(ProblemCodes.Unavailable, 503, "no member serves here, so there are no metrics: start one with serve")));
}
