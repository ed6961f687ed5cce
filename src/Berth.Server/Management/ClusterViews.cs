using Berth.Pools;
using Berth.Protocol;
using Berth.Runtime.Ownership;
using Berth.Runtime.Routing;

namespace Berth.Server.Management;

/// <summary>The membership table as the management API shows it.</summary>
internal static class ClusterViews
{
    /// <summary>The cluster of a moment, judged by what a member has seen and by what the others say of themselves.</summary>
    public static ClusterState State(
        string name, ClusterTable table, ClusterView view, bool fromStore, IReadOnlyDictionary<Incarnation, MemberReport> reports)
    {
        var owned = table.Shards.Where(shard => shard.Owner is not null).CountBy(shard => shard.Owner!.Value).ToDictionary();
        var newest = table.Members.GroupBy(row => row.Card.Name, StringComparer.Ordinal).Select(lives => lives.Last().Incarnation).ToHashSet();
        var shown = table.Members
            .Where(row => row.State is MemberState.Up || owned.ContainsKey(row.Incarnation) || newest.Contains(row.Incarnation))
            .OrderBy(row => row.Card.Name, StringComparer.Ordinal)
            .Select(row => Entry(row, view, owned.GetValueOrDefault(row.Incarnation), reports.GetValueOrDefault(row.Incarnation)))
            .ToList();
        var served = shown.Where(member => member.State == MemberStates.Up && member.Seen is not MemberSights.Silent).Sum(member => member.Shards);
        var self = table.Members.FirstOrDefault(row => row.Incarnation == view.Self);
        return new ClusterState(
            name, self?.Card.Name, fromStore, table.FeatureLevel, shown, new ShardTotals(Shards.Count, served, Shards.Count - served));
    }

    /// <summary>What a member thinks of another one; null: it is not up, or nobody looks.</summary>
    public static string? Seen(MemberRow row, ClusterView view) =>
        row.State is not MemberState.Up || view.Self.Value == 0 ? null
        : row.Incarnation == view.Self ? MemberSights.Self
        : view.LiveMember(row.Incarnation) is not null ? MemberSights.Alive
        : view.Table.Members.Any(seen => seen.Incarnation == row.Incarnation) ? MemberSights.Silent
        : MemberSights.New;

    /// <summary>A pool with its shard and its owner, as the member that answers last saw them; without a cluster, the pool as it is.</summary>
    public static PoolEntry Placed(PoolEntry pool, ClusterSteering? steering)
    {
        if (steering is null)
        {
            return pool;
        }

        var shard = Shards.Of(new PoolName(pool.Name));
        return pool with { Shard = shard, Owner = steering.View().OwnerOf(shard)?.Card.Name };
    }

    private static MemberEntry Entry(MemberRow row, ClusterView view, int shards, MemberReport? report) => new(
        row.Card.Name,
        row.Card.Address,
        StateOf(row),
        row.Incarnation.Value,
        row.Counter,
        (long)row.Card.Lease.TotalMilliseconds,
        shards,
        row.Crashes,
        Seen(row, view))
    {
        Status = row.State is not MemberState.Up ? StateOf(row) : report?.Account?.Stage switch
        {
            MemberStage.Joining => MemberStates.Joining,
            MemberStage.Leaving => MemberStates.Leaving,
            _ => MemberStates.Up,
        },
        Reachable = report?.Answers,
        AnswerMs = report is { Answers: true } ? Math.Round(report.Took.TotalMilliseconds, 1) : null,
        Version = report?.Account?.Version,
        FeatureLevel = row.Card.FeatureLevel,
        Pools = report?.Account?.Pools,
        Claims = report?.Account?.Claims,
        LeaseLeftMs = report?.Account?.LeaseLeftMs,
    };

    private static string StateOf(MemberRow row) => row.State switch
    {
        MemberState.Up => MemberStates.Up,
        MemberState.Down => MemberStates.Down,
        _ => MemberStates.Left,
    };
}
