using Berth.Runtime.Ownership;

namespace Berth.Testing.Membership;

/// <summary>Condition 2: what a renewal says, and that down is final.</summary>
public abstract class MembershipRenewContract<TStore> : MembershipTableContract<TStore>
    where TStore : MembershipTableUnderTest, new()
{
    [Fact]
    public async Task Each_renewal_raises_the_members_own_counter()
    {
        var ann = await JoinAsync("ann");
        var bob = await JoinAsync("bob");
        var last = 0L;
        for (var i = 0; i < 5; i++)
        {
            var told = (await Table.RenewAsync(ann, Cancel)).Counter;
            var counter = (await MemberAsync(ann)).Counter;
            counter.ShouldBeGreaterThan(last);
            told.ShouldBe(counter);
            last = counter;
        }

        (await MemberAsync(bob)).Counter.ShouldBe(0);
    }

    [Fact]
    public async Task Nothing_but_a_renewal_raises_the_counter()
    {
        var ann = await JoinAsync("ann");
        var bob = await JoinAsync("bob");
        await TakeFreeAsync(ann, 1, 2);
        (await TransferAsync(ann, 1, epoch: 1, bob)).ShouldBe(TransferOutcome.Moved);
        (await TransferAsync(ann, 2, epoch: 1, ann)).ShouldBe(TransferOutcome.Moved);
        (await MemberAsync(ann)).Counter.ShouldBe(0);
        (await MemberAsync(bob)).Counter.ShouldBe(0);
    }

    [Fact]
    public async Task A_renewal_says_exactly_what_the_member_owns()
    {
        var ann = await JoinAsync("ann");
        var bob = await JoinAsync("bob");
        await TakeFreeAsync(ann, 0, 7, 255);
        await TakeFreeAsync(bob, 8);
        (await RenewAsync(ann)).ShouldBe([Owned(0, 1), Owned(7, 1), Owned(255, 1)]);

        await TransferAsync(ann, 7, epoch: 1, bob);
        (await RenewAsync(ann)).ShouldBe([Owned(0, 1), Owned(255, 1)]);
        (await RenewAsync(bob)).ShouldBe([Owned(7, 2), Owned(8, 1)]);

        await DownAsync(bob);
        (await TakeFromAsync(ann, bob, counter: 0, 7)).ShouldBe([Owned(7, 3, Lease)]);
        (await RenewAsync(ann)).ShouldBe([Owned(0, 1), Owned(7, 3, Lease), Owned(255, 1)]);
    }

    [Fact]
    public async Task One_member_may_own_every_shard()
    {
        var ann = await JoinAsync("ann");
        var all = Enumerable.Range(0, Shards.Count).ToArray();
        await TakeFreeAsync(ann, all);
        (await RenewAsync(ann)).ShouldBe(all.Select(shard => Owned(shard, 1)));
    }

    [Fact]
    public async Task A_renewal_says_what_every_member_may_use()
    {
        var ann = await JoinAsync(Card("ann") with { FeatureLevel = 3 });
        (await Table.RenewAsync(ann, Cancel)).FeatureLevel.ShouldBe(3);
    }

    [Fact]
    public async Task Who_is_down_stays_down_and_its_renewals_change_nothing()
    {
        var ann = await JoinAsync("ann");
        await TakeFreeAsync(ann, 5);
        await RenewAsync(ann);
        await DownAsync(ann);
        await ChangesNothingAsync(async () =>
        {
            await RenewalFindsDownAsync(ann);
            await RenewalFindsDownAsync(ann);
        });
        await JoinAsync("ann");
        await RenewalFindsDownAsync(ann);
    }

    [Fact]
    public async Task Who_was_taken_from_is_down()
    {
        var ann = await JoinAsync("ann");
        var bob = await JoinAsync("bob");
        await TakeFreeAsync(ann, 5, 6);
        await TakeFromAsync(bob, ann, counter: 0, 5);
        await RenewalFindsDownAsync(ann);
        (await ShardAsync(6)).Owner.ShouldBe(ann);
    }

    [Fact]
    public async Task Who_has_left_or_never_was_does_not_renew()
    {
        var ann = await JoinAsync("ann");
        await LeaveAsync(ann);
        await ChangesNothingAsync(async () =>
        {
            await RenewalFindsDownAsync(ann);
            await RenewalFindsDownAsync(Stranger);
            await RenewalFindsDownAsync(default);
        });
    }
}
