using Berth.Pools;

namespace Berth.Runtime.Ownership;

/// <summary>The cluster as one member last saw it. Immutable.</summary>
public sealed class ClusterView
{
    /// <summary>Nothing was seen yet.</summary>
    public static readonly ClusterView Nothing = new(new ClusterTable([], [], 0), default, _ => false, _ => false);

    private readonly Dictionary<Incarnation, MemberRow> _live;

    internal ClusterView(ClusterTable table, Incarnation self, Func<MemberRow, bool> isDead, Func<MemberRow, bool> isSettled)
    {
        Table = table;
        Self = self;
        _live = table.Members
            .Where(member => member.State == MemberState.Up && (member.Incarnation == self || !isDead(member)))
            .ToDictionary(member => member.Incarnation);
        Live = [.. _live.Values];
        var settled = Live.Where(member => isSettled(member)).ToList();
        Candidates = settled.Count > 0 ? settled : Live;
    }

    /// <summary>What was read.</summary>
    public ClusterTable Table { get; }

    /// <summary>The member that looked.</summary>
    public Incarnation Self { get; }

    /// <summary>The members that are up and not known to be dead, in the order of their incarnations.</summary>
    public IReadOnlyList<MemberRow> Live { get; }

    /// <summary>Those among whom shards are dealt: the ones up long enough, or all while there is none.</summary>
    public IReadOnlyList<MemberRow> Candidates { get; }

    /// <summary>The live member with this incarnation.</summary>
    public MemberRow? LiveMember(Incarnation incarnation) => _live.GetValueOrDefault(incarnation);

    /// <summary>The live owner of a shard; null: it has none.</summary>
    public MemberRow? OwnerOf(int shard) =>
        shard < Table.Shards.Count && Table.Shards[shard].Owner is { } owner ? LiveMember(owner) : null;

    /// <summary>The newest ownership of a shard.</summary>
    public Epoch EpochOf(int shard) => shard < Table.Shards.Count ? Table.Shards[shard].Epoch : default;
}
