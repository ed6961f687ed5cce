using Berth.Runtime.Ownership;

namespace Berth.Testing.Membership;

/// <summary>Condition 3: who may take which shards.</summary>
public abstract class MembershipAcquireContract<TStore> : MembershipTableContract<TStore>
    where TStore : MembershipTableUnderTest, new()
{
    [Fact]
    public async Task Free_shards_go_to_the_first_that_takes_them()
    {
        var ann = await JoinAsync("ann");
        var bob = await JoinAsync("bob");
        await TakeFreeAsync(ann, 1, 2);
        var result = await Table.AcquireAsync(bob, [3, 2, 1], from: null, Cancel);
        result.Outcome.ShouldBe(AcquireOutcome.Acquired);
        result.Taken.ShouldBe([Owned(3, 1)]);
        (await ReadAsync()).Shards.Take(5).ShouldBe(
            [Row(0, null, 0), Row(1, ann, 1), Row(2, ann, 1), Row(3, bob, 1), Row(4, null, 0)]);
    }

    [Fact]
    public async Task An_acquisition_of_free_shards_ends_nobody()
    {
        var ann = await JoinAsync("ann");
        var bob = await JoinAsync("bob");
        await TakeFreeAsync(ann, 1);
        (await Table.AcquireAsync(bob, [1], from: null, Cancel)).Taken.ShouldBeEmpty();
        (await RenewAsync(ann)).ShouldBe([Owned(1, 1)]);
    }

    [Fact]
    public async Task With_the_counter_seen_the_shards_are_taken_and_the_former_owner_is_down()
    {
        var (ann, bob) = await AnnOwnsAsync(1, 2, 3);
        await RenewAsync(ann);
        var counter = (await MemberAsync(ann)).Counter;
        (await TakeFromAsync(bob, ann, counter, 1, 3)).ShouldBe([Owned(1, 2, Lease), Owned(3, 2, Lease)]);
        (await MemberAsync(ann)).State.ShouldBe(MemberState.Down);
        (await ReadAsync()).Shards.Take(4).ShouldBe(
            [Row(0, null, 0), Row(1, bob, 2, Lease), Row(2, ann, 1), Row(3, bob, 2, Lease)]);
        (await RenewAsync(bob)).ShouldBe([Owned(1, 2, Lease), Owned(3, 2, Lease)]);
    }

    [Fact]
    public async Task A_counter_that_is_another_one_changes_nothing()
    {
        var (ann, bob) = await AnnOwnsAsync(1);
        await RenewAsync(ann);
        var counter = (await MemberAsync(ann)).Counter;
        await ChangesNothingAsync(async () =>
        {
            foreach (var seen in new[] { counter - 1, counter + 1 })
            {
                var result = await Table.AcquireAsync(bob, [1], new SeenMember(ann, seen), Cancel);
                result.Outcome.ShouldBe(AcquireOutcome.CounterMoved);
                result.Taken.ShouldBeEmpty();
            }
        });
        (await RenewAsync(ann)).ShouldBe([Owned(1, 1)]);
    }

    [Fact]
    public async Task Who_is_down_is_taken_from_whatever_its_counter()
    {
        var (ann, bob) = await AnnOwnsAsync(1);
        await RenewAsync(ann);
        await DownAsync(ann);
        (await TakeFromAsync(bob, ann, counter: 77, 1)).ShouldBe([Owned(1, 2, Lease)]);
        (await MemberAsync(ann)).State.ShouldBe(MemberState.Down);
    }

    [Fact]
    public async Task Only_what_the_former_owner_owns_is_taken()
    {
        var (ann, bob) = await AnnOwnsAsync(1);
        var cid = await JoinAsync("cid");
        await TakeFreeAsync(cid, 2);
        await TakeFreeAsync(bob, 3);
        (await TakeFromAsync(bob, ann, counter: 0, 0, 1, 2, 3)).ShouldBe([Owned(1, 2, Lease)]);
        (await ReadAsync()).Shards.Take(4).ShouldBe([Row(0, null, 0), Row(1, bob, 2, Lease), Row(2, cid, 1), Row(3, bob, 1)]);
    }

    [Fact]
    public async Task Two_that_saw_the_same_share_what_the_former_owner_had()
    {
        var (ann, bob) = await AnnOwnsAsync(1, 2);
        var cid = await JoinAsync("cid");
        (await TakeFromAsync(bob, ann, counter: 0, 1)).ShouldBe([Owned(1, 2, Lease)]);
        (await TakeFromAsync(cid, ann, counter: 0, 1, 2)).ShouldBe([Owned(2, 2, Lease)]);
    }

    [Fact]
    public async Task Without_a_shard_to_take_the_former_owner_is_down_all_the_same()
    {
        var (ann, bob) = await AnnOwnsAsync(1);
        (await TakeFromAsync(bob, ann, counter: 0)).ShouldBeEmpty();
        (await MemberAsync(ann)).State.ShouldBe(MemberState.Down);
        (await ShardAsync(1)).ShouldBe(Row(1, ann, 1));
    }

    [Fact]
    public async Task A_repeated_acquisition_takes_nothing_more()
    {
        var (ann, bob) = await AnnOwnsAsync(1);
        await TakeFromAsync(bob, ann, counter: 0, 1);
        await ChangesNothingAsync(async () =>
        {
            (await TakeFromAsync(bob, ann, counter: 0, 1)).ShouldBeEmpty();
            (await Table.AcquireAsync(bob, [1], from: null, Cancel)).Taken.ShouldBeEmpty();
        });
    }

    [Fact]
    public async Task Who_is_not_up_takes_nothing()
    {
        var (ann, bob) = await AnnOwnsAsync(1);
        var cid = await JoinAsync("cid");
        await DownAsync(bob);
        await LeaveAsync(cid);
        await ChangesNothingAsync(async () =>
        {
            foreach (var member in new[] { bob, cid, Stranger, default })
            {
                foreach (var from in new SeenMember?[] { null, new(ann, 0), new(ann, 99) })
                {
                    var result = await Table.AcquireAsync(member, [0, 1], from, Cancel);
                    result.Outcome.ShouldBe(AcquireOutcome.Down);
                    result.Taken.ShouldBeEmpty();
                }
            }
        });
    }

    [Fact]
    public async Task Who_has_left_owns_nothing_that_could_be_taken()
    {
        var (ann, bob) = await AnnOwnsAsync(1);
        await LeaveAsync(ann);
        await ChangesNothingAsync(async () => (await TakeFromAsync(bob, ann, counter: 0, 1)).ShouldBeEmpty());
        (await MemberAsync(ann)).State.ShouldBe(MemberState.Left);
    }

    [Fact]
    public async Task What_cannot_be_a_shard_or_a_former_owner_is_the_callers_mistake()
    {
        var (ann, bob) = await AnnOwnsAsync(1);
        await ChangesNothingAsync(async () =>
        {
            await MistakenAsync([-1], from: null);
            await MistakenAsync([Shards.Count], from: null);
            await MistakenAsync([0, 2, 0], from: null);
            await MistakenAsync([1, 1], new SeenMember(ann, 0));
            await MistakenAsync([1], new SeenMember(bob, 0));
            await MistakenAsync([1], new SeenMember(new Incarnation(bob.Value + 1), 0));
            await MistakenAsync([1], new SeenMember(Stranger, 0));
            await MistakenAsync([1], default(SeenMember));
        });

        async Task MistakenAsync(int[] shards, SeenMember? from) =>
            await Should.ThrowAsync<ArgumentException>(async () => await Table.AcquireAsync(bob, shards, from, Cancel));
    }

    private async Task<(Incarnation Ann, Incarnation Bob)> AnnOwnsAsync(params int[] shards)
    {
        var (ann, bob) = (await JoinAsync("ann"), await JoinAsync("bob"));
        await TakeFreeAsync(ann, shards);
        return (ann, bob);
    }
}
