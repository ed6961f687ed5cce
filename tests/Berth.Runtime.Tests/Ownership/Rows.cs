using Berth.Pools;
using Berth.Runtime.Ownership;

namespace Berth.Runtime.Tests.Ownership;

/// <summary>Rows of a membership table.</summary>
internal static class Rows
{
    public static MemberRow Member(long incarnation, long counter = 0, string? name = null, MemberState state = MemberState.Up, int crashes = 0)
    {
        name ??= $"m{incarnation}";
        var card = new MemberCard(name, name + ".site:6350", "site", new string('a', 64), 1, TimeSpan.FromSeconds(3), PolicyException.None);
        return new MemberRow(new Incarnation(incarnation), card, counter, state, crashes);
    }

    public static ClusterTable Table(params MemberRow[] members) =>
        new(members, [.. Enumerable.Range(0, Shards.Count).Select(shard => new ShardRow(shard, null, new Epoch(0), TimeSpan.Zero))], 1);
}
