using Berth.Runtime.Ownership;

namespace Berth.Testing.Membership;

/// <summary>Condition 4: for how long old owners may still answer, and that epochs only grow.</summary>
public abstract class MembershipLeaseContract<TStore> : MembershipTableContract<TStore>
    where TStore : MembershipTableUnderTest, new()
{
    private static readonly TimeSpan _short = TimeSpan.FromMilliseconds(1_500);
    private static readonly TimeSpan _long = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_shard_that_was_never_taken_from_anybody_remembers_no_lease()
    {
        var ann = await JoinAsync("ann", _long);
        await TakeFreeAsync(ann, 1);
        (await ShardAsync(1)).ShouldBe(Row(1, ann, 1));
    }

    [Fact]
    public async Task The_lease_remembered_is_the_former_owners_and_not_the_new_ones()
    {
        var ann = await JoinAsync("ann", _short);
        var bob = await JoinAsync("bob", _long);
        await TakeFreeAsync(ann, 1);
        (await TakeFromAsync(bob, ann, counter: 0, 1)).ShouldBe([Owned(1, 2, _short)]);
    }

    [Fact]
    public async Task A_longer_lease_replaces_the_remembered_and_a_shorter_does_not()
    {
        var ann = await JoinAsync("ann", _short);
        var bob = await JoinAsync("bob", _long);
        var cid = await JoinAsync("cid", _short);
        var dan = await JoinAsync("dan", _short);
        await TakeFreeAsync(ann, 1);
        (await TakeFromAsync(bob, ann, counter: 0, 1)).ShouldBe([Owned(1, 2, _short)]);
        (await TakeFromAsync(cid, bob, counter: 0, 1)).ShouldBe([Owned(1, 3, _long)]);
        (await TakeFromAsync(dan, cid, counter: 0, 1)).ShouldBe([Owned(1, 4, _long)]);
        (await RenewAsync(dan)).ShouldBe([Owned(1, 4, _long)]);
        (await ShardAsync(1)).ShouldBe(Row(1, dan, 4, _long));
    }

    [Fact]
    public async Task Each_shard_remembers_for_itself()
    {
        var ann = await JoinAsync("ann", _long);
        var bob = await JoinAsync("bob", _short);
        var cid = await JoinAsync("cid", _short);
        await TakeFreeAsync(ann, 1);
        await TakeFreeAsync(bob, 2);
        await TakeFromAsync(bob, ann, counter: 0, 1);
        (await TakeFromAsync(cid, bob, counter: 0, 1, 2)).ShouldBe([Owned(1, 3, _long), Owned(2, 2, _short)]);
    }

    [Fact]
    public async Task The_lease_of_a_former_life_counts_and_not_that_of_the_life_after_it()
    {
        var former = await JoinAsync("ann", _long);
        await TakeFreeAsync(former, 1);
        var ann = await JoinAsync("ann", _short);
        (await TakeFromAsync(ann, former, counter: 0, 1)).ShouldBe([Owned(1, 2, _long)]);
    }

    [Fact]
    public async Task A_planned_move_that_is_not_settled_keeps_the_remembered_lease()
    {
        var ann = await JoinAsync("ann", _short);
        var bob = await JoinAsync("bob", _long);
        await TakeFreeAsync(ann, 1);
        await TakeFromAsync(bob, ann, counter: 0, 1);
        (await TransferAsync(bob, 1, epoch: 2, bob)).ShouldBe(TransferOutcome.Moved);
        (await ShardAsync(1)).ShouldBe(Row(1, bob, 3, _short));
        var cid = await JoinAsync("cid", _long);
        (await Table.TransferAsync(bob, Owned(1, 3, _long), cid, settled: false, Cancel)).ShouldBe(TransferOutcome.Moved);
        (await ShardAsync(1)).ShouldBe(Row(1, cid, 4, _short), "what is stored counts, not what the caller says");
    }

    [Fact]
    public async Task A_settled_move_forgets_the_lease_and_the_next_taking_remembers_again()
    {
        var ann = await JoinAsync("ann", _long);
        var bob = await JoinAsync("bob", _short);
        var cid = await JoinAsync("cid", _long);
        await TakeFreeAsync(ann, 1);
        await TakeFromAsync(bob, ann, counter: 0, 1);
        (await TransferAsync(bob, 1, epoch: 2, bob, settled: true)).ShouldBe(TransferOutcome.Moved);
        (await RenewAsync(bob)).ShouldBe([Owned(1, 3)]);
        (await TakeFromAsync(cid, bob, (await MemberAsync(bob)).Counter, 1)).ShouldBe([Owned(1, 4, _short)]);
    }

    [Fact]
    public async Task What_is_left_unsettled_keeps_the_remembered_lease_and_the_rest_forgets_it()
    {
        var ann = await JoinAsync("ann", _short);
        var bob = await JoinAsync("bob", _long);
        var cid = await JoinAsync("cid", _long);
        await TakeFreeAsync(ann, 1, 2);
        await TakeFreeAsync(bob, 3, 4);
        await TakeFromAsync(bob, ann, counter: 0, 1, 2);
        await Table.LeaveAsync(bob, [2, 4], Cancel);
        (await ReadAsync()).Shards.Skip(1).Take(4).ShouldBe([Row(1, null, 2), Row(2, null, 2, _short), Row(3, null, 1), Row(4, null, 1)]);

        await TakeFreeAsync(cid, 1, 2, 3, 4);
        (await RenewAsync(cid)).ShouldBe([Owned(1, 3), Owned(2, 3, _short), Owned(3, 2), Owned(4, 2)]);
    }

    [Fact]
    public async Task Every_way_to_change_the_owner_gives_the_next_epoch()
    {
        var (ann, bob) = (await JoinAsync("ann"), await JoinAsync("bob"));
        await TakeFreeAsync(ann, 9);
        (await TransferAsync(ann, 9, epoch: 1, bob)).ShouldBe(TransferOutcome.Moved);
        (await ShardAsync(9)).Epoch.Value.ShouldBe(2);
        (await TakeFromAsync(ann, bob, counter: 0, 9))[0].Epoch.Value.ShouldBe(3);
        await LeaveAsync(ann);
        (await ShardAsync(9)).Epoch.Value.ShouldBe(3, "nobody's epoch is the last owner's");
        var cid = await JoinAsync("cid");
        await TakeFreeAsync(cid, 9);
        (await ShardAsync(9)).Epoch.Value.ShouldBe(4);
        (await ShardAsync(8)).Epoch.Value.ShouldBe(0);
    }

    private Task<Incarnation> JoinAsync(string name, TimeSpan lease) => JoinAsync(Card(name) with { Lease = lease });
}
