using System.Globalization;
using Berth.Protocol;
using Berth.Runtime.Ownership;

namespace Berth.Server.Management;

/// <summary>Whether one more member could join, by the rules that will judge it.</summary>
internal static class JoinPlans
{
    /// <summary>Longer names, or those with control characters, are none.</summary>
    private const int MaxNameCharacters = 128;

    /// <summary>An address that no member has: the new one's is not known yet.</summary>
    private const string Elsewhere = "";

    /// <summary>What a member like <paramref name="self"/> would meet under a name, or under a free one (null).</summary>
    public static Answer<JoinPlan> Of(ClusterTable table, MemberRow self, string? name)
    {
        if (name is not null && (name.Length is 0 or > MaxNameCharacters || name.Any(char.IsControl)))
        {
            return Problems.Invalid($"a member's name has 1 to {MaxNameCharacters} characters and no control characters");
        }

        var up = table.Members.Where(row => row.State is MemberState.Up).ToList();
        var card = self.Card with { Name = name ?? Free(self.Card.Name, up), Address = Elsewhere };
        var cluster = new FoundedCluster(self.Card.Cluster, self.Card.SecretDigest, table.FeatureLevel);
        return new JoinPlan(
            card.Name,
            card.Cluster,
            (long)card.Lease.TotalMilliseconds,
            table.FeatureLevel,
            up.Count,
            JoinRules.Refusal(card, cluster, up)?.Detail?.Replace($", and this one is at {Elsewhere}.", ".", StringComparison.Ordinal));
    }

    /// <summary>The name of the member that answers with the next number that nobody has: m1, m2 and m3 are followed by m4.</summary>
    private static string Free(string like, List<MemberRow> up)
    {
        var stem = like.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        stem = stem.Length == like.Length ? stem + "-" : stem;
        var taken = up.Select(row => row.Card.Name).ToHashSet(StringComparer.Ordinal);
        return Enumerable.Range(1, ClusterTable.MaxMembers + 1)
            .Select(number => stem + number.ToString(CultureInfo.InvariantCulture))
            .First(candidate => !taken.Contains(candidate));
    }
}
