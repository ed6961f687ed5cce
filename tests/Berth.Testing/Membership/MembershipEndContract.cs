using Berth.Runtime.Ownership;

namespace Berth.Testing.Membership;

/// <summary>Condition 6: leaving, and being marked down.</summary>
public abstract class MembershipEndContract<TStore> : MembershipTableContract<TStore>
    where TStore : MembershipTableUnderTest, new()
{
    [Fact]
    public async Task Who_leaves_is_gone_for_good_and_nobody_owns_its_shards()
    {
        var ann = await JoinAsync("ann");
        var bob = await JoinAsync("bob");
        await TakeFreeAsync(ann, 1, 2);
        await TakeFreeAsync(bob, 3);
        await LeaveAsync(ann);

        (await MemberAsync(ann)).State.ShouldBe(MemberState.Left);
        (await MemberAsync(bob)).State.ShouldBe(MemberState.Up);
        (await ReadAsync()).Shards.Take(4).ShouldBe([Row(0, null, 0), Row(1, null, 1), Row(2, null, 1), Row(3, bob, 1)]);
        await TakeFreeAsync(bob, 1);
        (await RenewAsync(bob)).ShouldBe([Owned(1, 2), Owned(3, 1)]);
    }

    [Fact]
    public async Task Leaving_again_changes_nothing()
    {
        var ann = await JoinAsync("ann");
        await TakeFreeAsync(ann, 1);
        await Table.LeaveAsync(ann, [1], Cancel);
        await TakeFreeAsync(await JoinAsync("ann"), 1);
        await ChangesNothingAsync(async () =>
        {
            await LeaveAsync(ann);
            await Table.LeaveAsync(ann, [1], Cancel);
            (await Table.DownAsync(ann, Cancel)).ShouldBeFalse();
        });
    }

    [Fact]
    public async Task Shards_that_are_not_its_own_are_passed_over_by_a_leave()
    {
        var ann = await JoinAsync("ann");
        var bob = await JoinAsync("bob");
        await TakeFreeAsync(ann, 1, 2);
        await TakeFromAsync(bob, ann, counter: 0, 1, 2);
        var cid = await JoinAsync("cid");
        await TakeFreeAsync(cid, 5);
        await Table.LeaveAsync(cid, [0, 1, 5, 5], Cancel);
        (await ReadAsync()).Shards.Take(6).ShouldBe(
            [Row(0, null, 0), Row(1, bob, 2, Lease), Row(2, bob, 2, Lease), Row(3, null, 0), Row(4, null, 0), Row(5, null, 1)]);
    }

    [Fact]
    public async Task What_cannot_be_a_shard_is_the_callers_mistake()
    {
        var ann = await JoinAsync("ann");
        await ChangesNothingAsync(async () =>
        {
            await Should.ThrowAsync<ArgumentException>(async () => await Table.LeaveAsync(ann, [-1], Cancel));
            await Should.ThrowAsync<ArgumentException>(async () => await Table.LeaveAsync(ann, [Shards.Count], Cancel));
        });
    }

    [Fact]
    public async Task Who_is_marked_down_keeps_its_shards_until_somebody_takes_them()
    {
        var ann = await JoinAsync("ann");
        var bob = await JoinAsync("bob");
        await TakeFreeAsync(ann, 1);
        (await Table.DownAsync(ann, Cancel)).ShouldBeTrue();
        (await MemberAsync(ann)).State.ShouldBe(MemberState.Down);
        (await ShardAsync(1)).ShouldBe(Row(1, ann, 1));
        (await Table.AcquireAsync(bob, [1], from: null, Cancel)).Taken.ShouldBeEmpty("it is not free");
        (await TakeFromAsync(bob, ann, counter: 0, 1)).ShouldBe([Owned(1, 2, Lease)]);
    }

    [Fact]
    public async Task A_member_is_marked_down_once()
    {
        var ann = await JoinAsync("ann");
        var bob = await JoinAsync("bob");
        await DownAsync(ann);
        await LeaveAsync(bob);
        await ChangesNothingAsync(async () =>
        {
            foreach (var member in new[] { ann, bob, Stranger, default })
            {
                (await Table.DownAsync(member, Cancel)).ShouldBeFalse();
            }
        });
    }

    [Fact]
    public async Task Who_is_down_cannot_leave()
    {
        var ann = await JoinAsync("ann");
        await TakeFreeAsync(ann, 1);
        await DownAsync(ann);
        await ChangesNothingAsync(async () =>
        {
            await LeaveAsync(ann);
            await LeaveAsync(Stranger);
            await LeaveAsync(default);
        });
        (await MemberAsync(await JoinAsync("ann"))).Crashes.ShouldBe(1);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_beforehand_does_nothing()
    {
        var ann = await JoinAsync("ann");
        await TakeFreeAsync(ann, 1);
        var cancelled = new CancellationToken(canceled: true);
        await ChangesNothingAsync(async () =>
        {
            await CancelledAsync(async () => await Table.JoinAsync(Card("bob"), cancelled));
            await CancelledAsync(async () => await Table.RenewAsync(ann, cancelled));
            await CancelledAsync(async () => await Table.AcquireAsync(ann, [2], from: null, cancelled));
            await CancelledAsync(async () => await Table.TransferAsync(ann, Owned(1, 1), ann, settled: false, cancelled));
            await CancelledAsync(async () => await Table.LeaveAsync(ann, [], cancelled));
            await CancelledAsync(async () => await Table.DownAsync(ann, cancelled));
            await CancelledAsync(async () => await Table.ReadAsync(cancelled));
        });

        static Task CancelledAsync(Func<Task> call) => Should.ThrowAsync<OperationCanceledException>(call);
    }
}
