using Berth.Pools;
using Berth.Runtime.Ownership;

namespace Berth.Runtime.Tests.Ownership;

public sealed class ClusterViewTests
{
    private static readonly ClusterTable _table = Rows.Table(Rows.Member(1), Rows.Member(2), Rows.Member(3, state: MemberState.Down));

    [Fact]
    public void Those_who_are_up_and_not_known_to_be_dead_live()
    {
        var view = View(dead: 2);
        view.Live.Select(member => member.Incarnation.Value).ShouldBe([1]);
        view.LiveMember(new(2)).ShouldBeNull();
        view.LiveMember(new(3)).ShouldBeNull();
    }

    [Fact]
    public void Who_looks_lives_whatever_it_thinks_of_itself() => View(dead: 1).LiveMember(new(1)).ShouldNotBeNull();

    [Fact]
    public void Candidates_are_the_settled_ones_or_all_while_there_is_none()
    {
        View(settled: 2).Candidates.Select(member => member.Incarnation.Value).ShouldBe([2]);
        View().Candidates.Select(member => member.Incarnation.Value).ShouldBe([1, 2]);
    }

    [Fact]
    public void A_shard_has_an_owner_only_while_he_lives()
    {
        var shards = _table.Shards.Select(row => row.Shard == 7 ? row with { Owner = new Incarnation(2), Epoch = new Epoch(4) } : row);
        var table = _table with { Shards = [.. shards] };
        new ClusterView(table, new(1), _ => false, _ => false).OwnerOf(7)!.Incarnation.Value.ShouldBe(2);
        new ClusterView(table, new(1), _ => true, _ => false).OwnerOf(7).ShouldBeNull();
        new ClusterView(table, new(1), _ => false, _ => false).OwnerOf(8).ShouldBeNull();
        new ClusterView(table, new(1), _ => false, _ => false).EpochOf(7).Value.ShouldBe(4);
    }

    [Fact]
    public void Of_nothing_nothing_is_known()
    {
        ClusterView.Nothing.OwnerOf(0).ShouldBeNull();
        ClusterView.Nothing.Candidates.ShouldBeEmpty();
    }

    private static ClusterView View(long dead = 0, long settled = 0) =>
        new(_table, new(1), member => member.Incarnation.Value == dead, member => member.Incarnation.Value == settled);
}
