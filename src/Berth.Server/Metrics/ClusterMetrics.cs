using Berth.Runtime;
using Berth.Runtime.Metrics;
using Berth.Runtime.Ownership;

namespace Berth.Server.Metrics;

/// <summary>What is told of the member's part in its cluster. One that is alone tells the same with what it knows: it has every shard.</summary>
/// <param name="cluster">Its part; null: it is alone.</param>
/// <param name="time">The clock.</param>
internal sealed class ClusterMetrics(ClusterMember? cluster, TimeProvider time)
{
    private readonly ClusterMeasures _measures = cluster?.Measures ?? new ClusterMeasures();

    public void Write(MetricsText text)
    {
        WriteMembers(text, cluster?.Ownership.View);
        text.Gauge("berth_lease_left_seconds", "How long this member may still answer without a renewal; one that is alone needs none and has no sample.");
        if (cluster is not null)
        {
            var left = cluster.Lease.EndsAt - time.GetTimestamp();
            text.Sample(cluster.Lease.EndsAt == long.MinValue || left < 0 ? 0 : (double)left / time.TimestampFrequency);
        }

        WriteMoves(text);
        WriteHops(text);
    }

    private static void WriteMembers(MetricsText text, ClusterView? view)
    {
        var rows = view?.Table.Members ?? [];
        var newest = rows.GroupBy(row => row.Card.Name, StringComparer.Ordinal).Select(lives => lives.Last()).ToList();
        text.Gauge("berth_cluster_members", "Members as this one sees them: up, silent though they are up, down without a new life, or left.");
        text.Sample(view is null ? 1 : view.Live.Count, "status=\"up\"");
        text.Sample(view is null ? 0 : rows.Count(row => row.State == MemberState.Up) - view.Live.Count, "status=\"silent\"");
        text.Sample(newest.Count(row => row.State == MemberState.Down), "status=\"down\"");
        text.Sample(newest.Count(row => row.State == MemberState.Left), "status=\"left\"");
    }

    private void WriteMoves(MetricsText text)
    {
        text.Gauge("berth_shards", "Shards: those held by this member, and those of all that, as it sees them, no live member holds.");
        text.Sample(cluster?.Ownership.ShardsHeld ?? Shards.Count, "state=\"held\"");
        text.Sample(cluster?.Ownership.View.Orphans.Count ?? 0, "state=\"orphaned\"");
        text.Counter("berth_shard_moves_total", "Shards that this member took because nobody served them, received, handed on, or lost.");
        text.Sample(_measures.ShardsTaken.Value, "kind=\"taken\"");
        text.Sample(Math.Max(0, _measures.ShardsGained.Value - _measures.ShardsTaken.Value), "kind=\"received\"");
        text.Sample(_measures.ShardsHandedOn.Value, "kind=\"handed_on\"");
        text.Sample(_measures.ShardsLost.Value, "kind=\"lost\"");
        text.Histogram("berth_takeover_duration_seconds", "Takeovers: from when a loss was seen until the pools were open here.");
        text.Of(_measures.Takeovers);
    }

    private void WriteHops(MetricsText text)
    {
        text.Counter("berth_hops_total", "Commands sent to the member that owns their pool: answered, refused without effect, or of unknown outcome.");
        text.Sample(_measures.HopsAnswered.Value, "result=\"answered\"");
        text.Sample(_measures.HopsRefused.Value, "result=\"refused\"");
        text.Sample(_measures.HopsUnknown.Value, "result=\"unknown\"");
        text.Histogram("berth_hop_duration_seconds", "How long the answers of other members took.");
        text.Of(_measures.Hops);
    }
}
