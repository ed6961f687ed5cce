using System.Buffers;
using Berth.Runtime;
using Berth.Runtime.Pools;
using Berth.Server.Http;

namespace Berth.Server.Metrics;

/// <summary>Everything that a member tells of itself, as text. One scrape is written at a time; few may wait for it.</summary>
public sealed class MemberMetrics : IDisposable
{
    /// <summary>Scrapes that are written or wait to be.</summary>
    public const int MostAtOnce = 4;

    private readonly PoolHost _host;
    private readonly ProbeEndpoints _probes;
    private readonly RateLimits? _limits;
    private readonly EdgeMeasures _edge;
    private readonly PoolMetrics _pools;
    private readonly ClusterMetrics _cluster;
    private readonly StoreMetrics _store;
    private readonly SemaphoreSlim _turn = new(1);
    private int _atOnce;

    /// <summary>What a member with these parts tells.</summary>
    internal MemberMetrics(PoolHost host, ClusterMember? cluster, EdgeParts edge, ProbeEndpoints probes, StoreMetrics store, TimeProvider time)
    {
        (_host, _probes, _limits, _edge, _store) = (host, probes, edge.Limits, edge.Measures, store);
        _pools = new PoolMetrics(host.Survey, edge.Options.MetricsPools);
        _cluster = new ClusterMetrics(cluster, time);
    }

    /// <summary>Writes the text. False: too many scrapes are under way, and nothing was written.</summary>
    public async ValueTask<bool> TryWriteAsync(IBufferWriter<byte> to, CancellationToken gone)
    {
        if (Interlocked.Increment(ref _atOnce) > MostAtOnce)
        {
            Interlocked.Decrement(ref _atOnce);
            return false;
        }

        try
        {
            await _turn.WaitAsync(gone);
            try
            {
                await WriteAsync(new MetricsText(to));
            }
            finally
            {
                _turn.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _atOnce);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task WriteAsync(MetricsText text)
    {
        await _pools.WriteAsync(text);
        WriteEdge(text);
        WriteStanding(text);
        _cluster.Write(text);
        await _store.WriteAsync(text);
        ProcessMetrics.Write(text);
    }

    private void WriteEdge(MetricsText text)
    {
        text.Histogram("berth_claim_duration_seconds", "How long claims took at this member's edge, whoever decided them and however; without heartbeats.");
        text.Of(_edge.Claims);
        text.Histogram("berth_heartbeat_duration_seconds", "How long heartbeats took at this member's edge, whoever decided them.");
        text.Of(_edge.Heartbeats);
        text.Counter("berth_requests_limited_total", "Requests that were answered with 429, because their address or node asks too often.");
        text.Sample(_limits?.Refused ?? 0);
        text.Counter("berth_connections_refused_total", "Connections that the edge closed at once, because their address had too many.");
        text.Sample(_edge.ConnectionsRefused.Value);
    }

    private void WriteStanding(MetricsText text)
    {
        text.Gauge("berth_ready", "1 if the member takes claims, as /readyz says; 0 otherwise.");
        text.Sample(_probes.IsReady ? 1 : 0);
        text.Gauge("berth_grants_withheld", "1 if seats are withheld, because the store is a restored copy that nobody has confirmed, or went back in time; 0 otherwise.");
        text.Sample(_probes.Withholds() is null ? 0 : 1);
        text.Counter("berth_service_clock_stops_total", "How often claims did not age for a while: the process stood still, or the member had no lease.");
        text.Sample(_host.Clock.Stops);
        text.Counter("berth_service_clock_stopped_seconds_total", "For how long claims did not age.");
        text.Sample(_host.Clock.Stopped.TotalSeconds);
    }
}
