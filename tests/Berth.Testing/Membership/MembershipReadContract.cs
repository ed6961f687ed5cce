using Berth.Runtime.Ownership;

namespace Berth.Testing.Membership;

/// <summary>Conditions 7 and 8: what reading shows, what is forgotten, and the feature level.</summary>
public abstract class MembershipReadContract<TStore> : MembershipTableContract<TStore>
    where TStore : MembershipTableUnderTest, new()
{
    [Fact]
    public async Task Members_are_in_the_order_of_their_incarnations_and_shards_in_theirs()
    {
        var ann = await JoinAsync("zoe");
        var bob = await JoinAsync("bob");
        await RenewAsync(ann);
        var again = await JoinAsync("zoe");
        await TakeFreeAsync(bob, 200, 3);
        var table = await ReadAsync();
        table.Members.Select(row => row.Incarnation).ShouldBe([ann, bob, again]);
        table.Shards.Select(row => row.Shard).ShouldBe(Enumerable.Range(0, Shards.Count));
    }

    [Fact]
    public async Task A_table_that_was_read_does_not_change_any_more()
    {
        var ann = await JoinAsync("ann");
        await TakeFreeAsync(ann, 1);
        var table = await ReadAsync();
        var (members, shards) = (table.Members.ToArray(), table.Shards.ToArray());
        var owned = (await Table.RenewAsync(ann, Cancel)).Owned;

        await TransferAsync(ann, 1, epoch: 1, ann);
        await JoinAsync("bob");
        await LeaveAsync(ann);

        table.Members.ShouldBe(members);
        table.Shards.ShouldBe(shards);
        owned.ShouldBe([Owned(1, 1)]);
        (await ReadAsync()).Members.Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_level_is_the_lowest_of_the_up_members()
    {
        await LevelAsync(0);
        var ann = await JoinAsync("ann", level: 2);
        await LevelAsync(2);
        var bob = await JoinAsync("bob", level: 5);
        var cid = await JoinAsync("cid", level: 4);
        var dan = await JoinAsync("dan", level: 3);
        await LevelAsync(2);
        await LeaveAsync(ann);
        await LevelAsync(3);
        await DownAsync(dan);
        await LevelAsync(4);
        await TakeFromAsync(bob, cid, counter: 0);
        await LevelAsync(5);
    }

    [Fact]
    public async Task The_level_never_falls()
    {
        var ann = await JoinAsync("ann", level: 3);
        await LeaveAsync(ann);
        await LevelAsync(3);
        await JoinAsync("ann", level: 7);
        await LevelAsync(7);
        (await Table.JoinAsync(Card("bob") with { FeatureLevel = 6 }, Cancel)).Refusal.ShouldBe(JoinRefusal.TooOld);
        await LevelAsync(7);
    }

    [Fact]
    public async Task The_level_does_not_rise_between_a_life_and_the_next()
    {
        await JoinAsync("ann", level: 1);
        await JoinAsync("bob", level: 2);
        await JoinAsync("ann", level: 1);
        await LevelAsync(1);
        await JoinAsync("ann", level: 3);
        await LevelAsync(2);
    }

    private Task<Incarnation> JoinAsync(string name, int level) => JoinAsync(Card(name) with { FeatureLevel = level });

    private async Task LevelAsync(int level) => (await ReadAsync()).FeatureLevel.ShouldBe(level);
}
