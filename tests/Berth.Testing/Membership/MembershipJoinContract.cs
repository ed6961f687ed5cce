using Berth.Runtime.Ownership;

namespace Berth.Testing.Membership;

/// <summary>Condition 1: what a join gives, and what becomes of a former life.</summary>
public abstract class MembershipJoinContract<TStore> : MembershipTableContract<TStore>
    where TStore : MembershipTableUnderTest, new()
{
    [Fact]
    public async Task Nobody_is_a_member_at_first_and_nobody_owns_a_shard()
    {
        var table = await ReadAsync();
        table.Members.ShouldBeEmpty();
        table.FeatureLevel.ShouldBe(0);
        table.Shards.ShouldBe(Enumerable.Range(0, Shards.Count).Select(shard => Row(shard, owner: null, epoch: 0)));
    }

    [Fact]
    public async Task A_member_that_joined_is_up_with_what_it_said_of_itself()
    {
        var card = Card("ann") with { FeatureLevel = 4, Lease = TimeSpan.FromMilliseconds(4_567), ExplicitPolicy = Policies.All };
        var ann = await JoinAsync(card);
        ann.Value.ShouldBeGreaterThan(0);
        (await ReadAsync()).Members.ShouldBe([new MemberRow(ann, card, Counter: 0, MemberState.Up, Crashes: 0)]);
        (await RenewAsync(ann)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_incarnation_is_greater_than_all_before()
    {
        var ann = await JoinAsync("ann");
        var bob = await JoinAsync("bob");
        bob.Value.ShouldBeGreaterThan(ann.Value);
        await LeaveAsync(bob);
        var next = await JoinAsync("bob");
        next.Value.ShouldBeGreaterThan(bob.Value);
        await DownAsync(next);
        (await JoinAsync("cid")).Value.ShouldBeGreaterThan(next.Value);
    }

    [Fact]
    public async Task A_former_life_at_the_same_address_is_marked_down_and_keeps_its_shards()
    {
        var former = await JoinAsync("ann");
        await TakeFreeAsync(former, 3, 4);
        var ann = await JoinAsync("ann");

        (await MemberAsync(former)).State.ShouldBe(MemberState.Down);
        (await MemberAsync(ann)).State.ShouldBe(MemberState.Up);
        (await ShardAsync(3)).ShouldBe(Row(3, former, epoch: 1));
        (await RenewAsync(ann)).ShouldBeEmpty();
        await RenewalFindsDownAsync(former);
        (await TakeFromAsync(ann, former, counter: 0, 3, 4)).ShouldBe([Owned(3, 2, Lease), Owned(4, 2, Lease)]);
    }

    [Fact]
    public async Task A_join_touches_no_member_of_another_name()
    {
        var bob = await JoinAsync(Card("bob", "shared.site:7443"));
        await JoinAsync(Card("ann", "shared.site:7443"));
        (await MemberAsync(bob)).State.ShouldBe(MemberState.Up);
    }

    [Fact]
    public async Task Names_are_told_apart_byte_for_byte()
    {
        var lower = await JoinAsync("ann");
        await JoinAsync(Card("Ann", "ann.site:7443"));
        await JoinAsync(Card("ann ", "ann.site:7443"));
        (await MemberAsync(lower)).State.ShouldBe(MemberState.Up);
    }

    [Fact]
    public async Task The_longest_name_fits()
    {
        var longest = new string('ü', MembershipLimits.MaxNameBytes / 2);
        var member = await JoinAsync(longest);
        (await MemberAsync(member)).Card.Name.ShouldBe(longest);
    }

    [Fact]
    public async Task Crashes_count_the_lives_that_did_not_leave_since_the_last_that_did()
    {
        await JoinAsync("bob");
        (await CrashesAsync("ann")).ShouldBe(0);
        (await CrashesAsync("ann")).ShouldBe(1, "the life that this join marked down counts");
        await DownAsync((await ReadAsync()).Members[^1].Incarnation);
        (await CrashesAsync("ann")).ShouldBe(2);
        await LeaveAsync((await ReadAsync()).Members[^1].Incarnation);
        (await CrashesAsync("ann")).ShouldBe(0, "it left");
        (await CrashesAsync("ann")).ShouldBe(1);
        (await CrashesAsync("cid")).ShouldBe(0, "those of another name are none of its own");
    }

    [Fact]
    public async Task Crashes_follow_the_name_to_another_address()
    {
        var ann = await JoinAsync("ann");
        await DownAsync(ann);
        var moved = await JoinAsync(Card("ann", "elsewhere.site:7443"));
        (await MemberAsync(moved)).Crashes.ShouldBe(1);
    }

    [Fact]
    public async Task A_card_that_no_member_can_have_is_the_callers_mistake()
    {
        var flawed = new[]
        {
            Card("", "ann.site:7443"),
            Card(new string('x', MembershipLimits.MaxNameBytes + 1)),
            Card(new string('ü', (MembershipLimits.MaxNameBytes / 2) + 1)),
            Card("ann") with { FeatureLevel = 0 },
            Card("ann") with { Lease = TimeSpan.Zero },
            Card("ann") with { Lease = TimeSpan.FromSeconds(-1) },
        };
        foreach (var card in flawed)
        {
            await Should.ThrowAsync<ArgumentException>(async () => await Table.JoinAsync(card, Cancel));
        }

        (await ReadAsync()).Members.ShouldBeEmpty();
    }

    private async Task<int> CrashesAsync(string name) => (await MemberAsync(await JoinAsync(name))).Crashes;
}
