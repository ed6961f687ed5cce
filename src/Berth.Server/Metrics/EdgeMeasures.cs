using Berth.Pools;
using Berth.Runtime.Metrics;

namespace Berth.Server.Metrics;

/// <summary>What the edge measures of the requests that it answers, whichever member decided them.</summary>
internal sealed class EdgeMeasures(TimeProvider time)
{
    /// <summary>Claims, from the request to its answer.</summary>
    public Histogram Claims { get; } = new(Histogram.Usual);

    /// <summary>Heartbeats, the same.</summary>
    public Histogram Heartbeats { get; } = new(Histogram.Usual);

    /// <summary>Connections that were closed at once, because their address had too many.</summary>
    public Counter ConnectionsRefused { get; } = new();

    /// <summary>When a request came.</summary>
    public long Now => time.GetTimestamp();

    /// <summary>A request to claim that came at <paramref name="arrived"/> was answered.</summary>
    public void Claimed(long arrived, PoolReply reply) => (reply is Renewed ? Heartbeats : Claims).Observe(time.GetElapsedTime(arrived));
}
