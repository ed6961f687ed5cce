using Berth.Pools;

namespace Berth.Runtime.Ownership;

/// <summary>The cluster as one member last saw it. Immutable.</summary>
public sealed class ClusterView
{
    /// <summary>Nothing was seen yet.</summary>
    public static readonly ClusterView Nothing = new(new ClusterTable([], [], 0), default, new Judgment(_ => false, _ => false), null);

    /// <summary>The live owner of each shard; kept while neither shards nor live members change, which is nearly always.</summary>
    private readonly MemberRow?[] _owners;

    internal ClusterView(ClusterTable table, Incarnation self, Judgment judgment, ClusterView? before)
    {
        Table = table;
        Self = self;
        Live = [.. table.Members.Where(
            member => member.State == MemberState.Up && (member.Incarnation == self || !judgment.IsDead(member)))];
        var settled = Live.Where(judgment.IsSettled).ToList();
        Candidates = settled.Count > 0 ? settled : Live;
        if (before is not null && !IsChangeFrom(before))
        {
            (_owners, Orphans) = (before._owners, before.Orphans);
            return;
        }

        _owners = [.. table.Shards.Select(shard => shard.Owner is { } owner ? LiveMember(owner) : null)];
        Orphans = [.. table.Shards.Where(shard => _owners[shard.Shard] is null)];
    }

    /// <summary>What was read.</summary>
    public ClusterTable Table { get; }

    /// <summary>The member that looked.</summary>
    public Incarnation Self { get; }

    /// <summary>The members that are up and not known to be dead, in the order of their incarnations.</summary>
    public IReadOnlyList<MemberRow> Live { get; }

    /// <summary>Those among whom shards are dealt: the ones up long enough, or all while there is none.</summary>
    public IReadOnlyList<MemberRow> Candidates { get; }

    /// <summary>The shards without a live owner.</summary>
    public IReadOnlyList<ShardRow> Orphans { get; }

    /// <summary>The live member with this incarnation.</summary>
    public MemberRow? LiveMember(Incarnation incarnation) => Live.FirstOrDefault(member => member.Incarnation == incarnation);

    /// <summary>The live owner of a shard, as it was when it became that; null: it has none.</summary>
    public MemberRow? OwnerOf(int shard) => shard < _owners.Length ? _owners[shard] : null;

    /// <summary>The newest ownership of a shard.</summary>
    public Epoch EpochOf(int shard) => shard < Table.Shards.Count ? Table.Shards[shard].Epoch : default;

    /// <summary>Another owner or another live member is in it.</summary>
    internal bool IsChangeFrom(ClusterView before) =>
        !ReferenceEquals(before.Table.Shards, Table.Shards) || !AreSame(before.Live, Live);

    /// <summary>The same incarnations in the same order.</summary>
    internal static bool AreSame(IReadOnlyList<MemberRow> some, IReadOnlyList<MemberRow> others)
    {
        if (some.Count != others.Count)
        {
            return false;
        }

        for (var i = 0; i < some.Count; i++)
        {
            if (some[i].Incarnation != others[i].Incarnation)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What a watcher thinks of members.</summary>
    internal sealed record Judgment(Func<MemberRow, bool> IsDead, Func<MemberRow, bool> IsSettled);
}
