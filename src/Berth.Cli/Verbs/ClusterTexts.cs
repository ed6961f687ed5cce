using System.Globalization;
using Berth.Protocol;

namespace Berth.Cli.Verbs;

/// <summary>What several verbs say about the members of a cluster.</summary>
internal static class ClusterTexts
{
    /// <summary>What others get when a member ends, and who they are.</summary>
    public static string Heritage(ClusterState cluster, MemberEntry member)
    {
        var heirs = cluster.Members
            .Where(other => other.Incarnation != member.Incarnation && other.State == MemberStates.Up && other.Seen != MemberSights.Silent)
            .Select(other => other.Name).ToList();
        var pools = member.Pools is { } count ? $" ({Count(count, "pool")}, {Count(member.Claims ?? 0, "live claim")})" : string.Empty;
        var shards = $"its {Count(member.Shards, "shard")}{pools}";
        return member.Shards == 0 ? "it has no shards"
            : heirs.Count == 0 ? $"nobody is there to take {shards}: no seat in them is given until a member is started"
            : $"{shards} {(member.Shards == 1 ? "goes" : "go")} to {string.Join(" and ", heirs)}";
    }

    /// <summary>The life of a name that counts, or the last one.</summary>
    public static MemberEntry? Find(ClusterState cluster, string name) =>
        cluster.Members.LastOrDefault(member => member.Name == name && member.State == MemberStates.Up)
        ?? cluster.Members.LastOrDefault(member => member.Name == name);

    public static string Count(long number, string what) => $"{Text(number)} {what}{(number == 1 ? string.Empty : "s")}";

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
