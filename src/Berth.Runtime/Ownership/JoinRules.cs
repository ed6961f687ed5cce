using System.Globalization;
using Berth.Pools;

namespace Berth.Runtime.Ownership;

/// <summary>What the first member has fixed, and what may be used.</summary>
/// <param name="Name">The cluster's name.</param>
/// <param name="SecretDigest">Of the secret that the cluster goes by, as in <see cref="MemberCard"/>.</param>
/// <param name="FeatureLevel">What every member may use.</param>
public sealed record FoundedCluster(string Name, string SecretDigest, int FeatureLevel)
{
    /// <summary>Of the secret that it went by before: it does not come back. Null: it always had the same.</summary>
    public string? FormerDigest { get; init; }

    /// <summary>The same cluster once it goes by another secret, or this one where it may not.</summary>
    public FoundedCluster Adopt(IReadOnlyList<string> from, string to) => SecretDigest != to && FormerDigest != to && from.Contains(SecretDigest)
        ? this with { SecretDigest = to, FormerDigest = SecretDigest }
        : this;

    /// <summary>The same cluster once these are its up members: the level rises and never falls.</summary>
    public FoundedCluster With(IEnumerable<MemberRow> up)
    {
        var lowest = up.Select(row => row.Card.FeatureLevel).DefaultIfEmpty(FeatureLevel).Min();
        return lowest > FeatureLevel ? this with { FeatureLevel = lowest } : this;
    }
}

/// <summary>Who may join, in the same words for every store.</summary>
public static class JoinRules
{
    /// <summary>Whether an up member is an earlier life of the one that joins.</summary>
    public static bool IsFormerLife(MemberRow up, MemberCard card) => up.Card.Name == card.Name && up.Card.Address == card.Address;

    /// <summary>How many lives of a name ended without leaving, told from the newest of them as it ended; null: the name is new.</summary>
    public static int CrashesAfter(MemberRow? newest) => newest is null or { State: MemberState.Left } ? 0 : newest.Crashes + 1;

    /// <summary>Why the member may not join, or null. The first reason counts, in the order of <see cref="JoinRefusal"/>.</summary>
    /// <param name="card">Who wants to join.</param>
    /// <param name="cluster">What it would join; null: it makes the cluster.</param>
    /// <param name="others">The up members, its own former life excepted.</param>
    public static JoinResult? Refusal(MemberCard card, FoundedCluster? cluster, IReadOnlyCollection<MemberRow> others)
    {
        if (cluster is not null && cluster.Name != card.Cluster)
        {
            return Refused(JoinRefusal.OtherCluster, $"The store belongs to cluster \"{cluster.Name}\", and this member is to join "
                + $"\"{card.Cluster}\". Name the right cluster, or use another store.");
        }

        if (cluster is not null && cluster.SecretDigest != card.SecretDigest && cluster.SecretDigest != card.OtherDigest)
        {
            return Refused(JoinRefusal.OtherSecret, $"The secret of this member is not the one of cluster \"{cluster.Name}\". "
                + "Start it with the secret that the other members have.");
        }

        if (cluster is not null && cluster.FeatureLevel > card.FeatureLevel)
        {
            return Refused(JoinRefusal.TooOld, Invariant($"The cluster uses feature level {cluster.FeatureLevel}, and this version ")
                + Invariant($"can do {card.FeatureLevel}. Start the version that the other members run, or a newer one."));
        }

        if (others.Select(other => PolicyConflict(card, other.Card)).FirstOrDefault(conflict => conflict is not null) is { } found)
        {
            return Refused(JoinRefusal.OtherPolicy, found);
        }

        if (others.FirstOrDefault(other => other.Card.Name == card.Name) is { } namesake)
        {
            return Refused(JoinRefusal.NameTaken, $"A member \"{card.Name}\" is up at {namesake.Card.Address}, and this one is at "
                + $"{card.Address}. Give this one another name, or have the other one leave or marked down first.");
        }

        return others.Count < ClusterTable.MaxMembers ? null : Refused(
            JoinRefusal.Full,
            Invariant($"{others.Count} members are up, and a cluster has at most {ClusterTable.MaxMembers}. Have one leave first."));
    }

    private static JoinResult Refused(JoinRefusal refusal, string detail) => new(null, refusal, detail);

    /// <summary>What both were started with explicitly, and differently; null: nothing.</summary>
    private static string? PolicyConflict(MemberCard card, MemberCard other)
    {
        var (mine, its) = (card.ExplicitPolicy, other.ExplicitPolicy);
        var (part, my, that) =
            mine.Ttl is { } ttl && its.Ttl is { } itsTtl && ttl != itsTtl ? ("ttl", Seconds(ttl), Seconds(itsTtl))
            : mine.Strategy is { } strategy && its.Strategy is { } itsStrategy && strategy != itsStrategy
                ? ("strategy", Word(strategy), Word(itsStrategy))
            : mine.Heartbeats is { } beats && its.Heartbeats is { } itsBeats && beats != itsBeats
                ? ("heartbeats", OnOrOff(beats), OnOrOff(itsBeats))
            : (null, "", "");
        return part is null ? null : $"Member \"{other.Name}\" was started with {part} {that}, and this one with {part} {my}. "
            + "Start both with the same, or one of them without it.";
    }

    private static string Seconds(TimeSpan ttl) => Invariant($"{ttl.TotalSeconds} s");

    private static string Word(Strategy strategy) => strategy switch
    {
        Strategy.Fifo => "fifo",
        Strategy.Lifo => "lifo",
        Strategy.Rand => "rand",
        _ => throw new ArgumentOutOfRangeException(nameof(strategy), strategy, "an unknown strategy"),
    };

    private static string OnOrOff(bool on) => on ? "on" : "off";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
