using Berth.Runtime.Ownership;

namespace Berth.Testing.Membership;

/// <summary>Condition 5: a planned move, and its repetition.</summary>
public abstract class MembershipTransferContract<TStore> : MembershipTableContract<TStore>
    where TStore : MembershipTableUnderTest, new()
{
    private Incarnation _ann;
    private Incarnation _bob;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_successor_owns_the_shard_with_the_next_epoch_and_nothing_else(bool settled)
    {
        await AnnOwnsAsync(1, 2);
        (await TransferAsync(_ann, 1, epoch: 1, _bob, settled)).ShouldBe(TransferOutcome.Moved);
        (await RenewAsync(_bob)).ShouldBe([Owned(1, 2)]);
        (await RenewAsync(_ann)).ShouldBe([Owned(2, 1)]);
    }

    [Fact]
    public async Task A_member_may_give_itself_a_new_epoch()
    {
        await AnnOwnsAsync(1);
        (await TransferAsync(_ann, 1, epoch: 1, _ann)).ShouldBe(TransferOutcome.Moved);
        await ChangesNothingAsync(async () => (await TransferAsync(_ann, 1, epoch: 1, _ann)).ShouldBe(TransferOutcome.Moved));
        (await RenewAsync(_ann)).ShouldBe([Owned(1, 2)]);
        (await TransferAsync(_ann, 1, epoch: 2, _ann)).ShouldBe(TransferOutcome.Moved);
        (await TransferAsync(_ann, 1, epoch: 1, _ann)).ShouldBe(TransferOutcome.NotOwned);
        (await RenewAsync(_ann)).ShouldBe([Owned(1, 3)]);
    }

    [Fact]
    public async Task Repeated_it_has_moved_and_nothing_changes()
    {
        await AnnOwnsAsync(1);
        await TransferAsync(_ann, 1, epoch: 1, _bob);
        await ChangesNothingAsync(async () =>
        {
            (await TransferAsync(_ann, 1, epoch: 1, _bob)).ShouldBe(TransferOutcome.Moved);
            (await TransferAsync(_ann, 1, epoch: 1, _bob, settled: true)).ShouldBe(TransferOutcome.Moved);
        });
    }

    [Fact]
    public async Task A_repetition_does_not_settle_what_the_first_did_not()
    {
        await AnnOwnsAsync(1);
        await TakeFromAsync(_bob, _ann, counter: 0, 1);
        var cid = await JoinAsync("cid");
        await TransferAsync(_bob, 1, epoch: 2, cid);
        (await TransferAsync(_bob, 1, epoch: 2, cid, settled: true)).ShouldBe(TransferOutcome.Moved);
        (await ShardAsync(1)).ShouldBe(Row(1, cid, 3, Lease));
    }

    [Fact]
    public async Task Repeated_it_has_moved_also_when_either_has_ended_since()
    {
        await AnnOwnsAsync(1);
        await TransferAsync(_ann, 1, epoch: 1, _bob);
        await DownAsync(_bob);
        (await TransferAsync(_ann, 1, epoch: 1, _bob)).ShouldBe(TransferOutcome.Moved);
        await LeaveAsync(_ann);
        (await TransferAsync(_ann, 1, epoch: 1, _bob)).ShouldBe(TransferOutcome.Moved);
        (await ShardAsync(1)).ShouldBe(Row(1, _bob, 2));
    }

    [Fact]
    public async Task Repeated_after_the_successor_lost_the_shard_it_is_not_owned()
    {
        await AnnOwnsAsync(1, 2, 3);
        var cid = await JoinAsync("cid");
        foreach (var shard in new[] { 1, 2, 3 })
        {
            await TransferAsync(_ann, shard, epoch: 1, _bob);
        }

        await TransferAsync(_bob, 1, epoch: 2, cid);
        await TransferAsync(_bob, 2, epoch: 2, _ann);
        await TakeFromAsync(cid, _bob, counter: 0, 3);
        await ChangesNothingAsync(async () =>
        {
            (await TransferAsync(_ann, 1, epoch: 1, _bob)).ShouldBe(TransferOutcome.NotOwned, "it went on");
            (await TransferAsync(_ann, 2, epoch: 1, _bob)).ShouldBe(TransferOutcome.NotOwned, "it came back with a newer epoch");
            (await TransferAsync(_ann, 3, epoch: 1, _bob)).ShouldBe(TransferOutcome.NotOwned, "it was taken");
        });
    }

    [Fact]
    public async Task Repeated_after_the_successor_left_it_is_not_owned()
    {
        await AnnOwnsAsync(1);
        await TransferAsync(_ann, 1, epoch: 1, _bob);
        await LeaveAsync(_bob);
        await ChangesNothingAsync(async () => (await TransferAsync(_ann, 1, epoch: 1, _bob)).ShouldBe(TransferOutcome.NotOwned));
    }

    [Fact]
    public async Task Who_does_not_own_the_shard_with_this_epoch_moves_nothing()
    {
        await AnnOwnsAsync(1);
        var cid = await JoinAsync("cid");
        await ChangesNothingAsync(async () =>
        {
            (await TransferAsync(_bob, 1, epoch: 1, cid)).ShouldBe(TransferOutcome.NotOwned, "another owns it");
            (await TransferAsync(_bob, 1, epoch: 1, _bob)).ShouldBe(TransferOutcome.NotOwned, "another owns it");
            (await TransferAsync(_ann, 1, epoch: 0, cid)).ShouldBe(TransferOutcome.NotOwned, "an older epoch");
            (await TransferAsync(_ann, 1, epoch: 2, cid)).ShouldBe(TransferOutcome.NotOwned, "an epoch that never was");
            (await TransferAsync(_ann, 2, epoch: 1, cid)).ShouldBe(TransferOutcome.NotOwned, "nobody owns it");
            (await TransferAsync(_ann, 2, epoch: 0, cid)).ShouldBe(TransferOutcome.NotOwned, "nobody ever owned it");
            (await TransferAsync(Stranger, 1, epoch: 1, cid)).ShouldBe(TransferOutcome.NotOwned, "it never was a member");
            (await TransferAsync(_bob, 1, epoch: 1, Stranger)).ShouldBe(TransferOutcome.NotOwned, "whatever the successor");
        });
    }

    [Fact]
    public async Task A_successor_that_is_not_up_gets_nothing_and_the_shard_stays()
    {
        await AnnOwnsAsync(1);
        var cid = await JoinAsync("cid");
        await DownAsync(_bob);
        await LeaveAsync(cid);
        await ChangesNothingAsync(async () =>
        {
            foreach (var to in new[] { _bob, cid, Stranger, default })
            {
                (await TransferAsync(_ann, 1, epoch: 1, to)).ShouldBe(TransferOutcome.SuccessorDown);
            }
        });
        (await TransferAsync(_ann, 1, epoch: 1, _ann)).ShouldBe(TransferOutcome.Moved);
    }

    [Fact]
    public async Task Who_is_down_may_still_hand_on_what_nobody_has_taken_but_not_to_itself()
    {
        await AnnOwnsAsync(1, 2);
        var cid = await JoinAsync("cid");
        await DownAsync(_ann);
        (await TransferAsync(_ann, 1, epoch: 1, _ann)).ShouldBe(TransferOutcome.SuccessorDown);
        (await TransferAsync(_ann, 1, epoch: 1, _bob)).ShouldBe(TransferOutcome.Moved);
        await TakeFromAsync(cid, _ann, counter: 0, 1, 2);
        (await TransferAsync(_ann, 2, epoch: 1, _bob)).ShouldBe(TransferOutcome.NotOwned);
        (await RenewAsync(_bob)).ShouldBe([Owned(1, 2)]);
        (await RenewAsync(cid)).ShouldBe([Owned(2, 2, Lease)]);
    }

    [Fact]
    public async Task What_cannot_be_a_shard_is_the_callers_mistake()
    {
        await AnnOwnsAsync(1);
        await ChangesNothingAsync(async () =>
        {
            foreach (var shard in new[] { -1, Shards.Count })
            {
                await Should.ThrowAsync<ArgumentException>(async () => await TransferAsync(_ann, shard, epoch: 1, _bob));
            }
        });
    }

    private async Task AnnOwnsAsync(params int[] shards)
    {
        (_ann, _bob) = (await JoinAsync("ann"), await JoinAsync("bob"));
        await TakeFreeAsync(_ann, shards);
    }
}
