namespace Berth.Protocol;

/// <summary>How a cluster is, in one word and the reasons for it.</summary>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="Verdict"><see cref="Whole"/>, <see cref="Degraded"/> or <see cref="Unavailable"/>.</param>
/// <param name="Reasons">What is not as it should be; empty: nothing.</param>
/// <param name="Members">How many members are up.</param>
/// <param name="Shards">How the shards are dealt.</param>
public sealed record ClusterVerdict(string Cluster, string Verdict, IReadOnlyList<string> Reasons, int Members, ShardTotals Shards)
{
    /// <summary>Every shard is served, every member that is up answers, and all run the same version.</summary>
    public const string Whole = "whole";

    /// <summary>Seats are given, and something needs a look.</summary>
    public const string Degraded = "degraded";

    /// <summary>No seats are given.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>Judges what a member shows.</summary>
    public static ClusterVerdict Of(ClusterState cluster)
    {
        var up = cluster.Members.Where(member => member.State == MemberStates.Up).ToList();
        List<string> reasons = [];
        if (!cluster.FromStore)
        {
            reasons.Add("the store does not answer: no seat is given, and heartbeats are honored within the lease only");
        }

        var none = up.TrueForAll(member => member.Status == MemberStates.Joining || member.Seen == MemberSights.Silent);
        if (up.Count == 0)
        {
            reasons.Add("no member is up");
        }
        else if (none && cluster.FromStore)
        {
            // Without a lease: as when commits wait for a standby that is gone, where the table can be read, and still says "up" of each.
            reasons.Add(up.Exists(member => member.LeaseLeftMs > 0)
                ? "no member has read the cluster's policy yet: no seat is given; a cluster that starts does so within seconds"
                : "no member has a lease: no seat is given; if it stays so, the store answers and takes no writes");
        }

        if (cluster.Self is null)
        {
            reasons.Add("no member was asked: whether members live is not known");
        }

        if (cluster.Shards.Orphans > 0)
        {
            reasons.Add($"{cluster.Shards.Orphans} of {cluster.Shards.All} shards wait for an owner");
        }

        reasons.AddRange(up.Select(Flaw).OfType<string>());
        AddMixture(reasons, "versions", up.Select(member => (member.Name, Value: member.Version)));
        AddMixture(reasons, "feature levels", up.Select(member => (member.Name, Value: member.FeatureLevel == 0 ? null : $"{member.FeatureLevel}")));
        var verdict = !cluster.FromStore || none || cluster.Shards.Served == 0 ? Unavailable
            : reasons.Count > 0 ? Degraded
            : Whole;
        return new ClusterVerdict(cluster.Name, verdict, reasons, up.Count, cluster.Shards);
    }

    private static string? Flaw(MemberEntry member) =>
        member.Seen == MemberSights.Silent ? $"{member.Name} at {member.Address} is silent: it has not renewed its lease"
        : member.Reachable == false ? $"{member.Name} at {member.Address} renews its lease and does not answer on its cluster port"
        : member.Status is MemberStates.Joining or MemberStates.Leaving ? $"{member.Name} is {member.Status}"
        : null;

    private static void AddMixture(List<string> reasons, string what, IEnumerable<(string Name, string? Value)> members)
    {
        var groups = members.Where(member => member.Value is not null).GroupBy(member => member.Value!, member => member.Name, StringComparer.Ordinal).ToList();
        if (groups.Count > 1)
        {
            reasons.Add($"members of different {what}: " + string.Join("; ", groups.Select(group => $"{group.Key} ({string.Join(", ", group)})")));
        }
    }
}
