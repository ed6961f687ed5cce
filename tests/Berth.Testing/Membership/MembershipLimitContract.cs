using Berth.Runtime.Ownership;

namespace Berth.Testing.Membership;

/// <summary>Condition 7: how many of those that ended are kept, and which.</summary>
public abstract class MembershipLimitContract<TStore> : MembershipTableContract<TStore>
    where TStore : MembershipTableUnderTest, new()
{
    [Fact]
    public async Task Of_a_member_that_crashes_without_end_the_oldest_lives_are_forgotten_and_no_other_name()
    {
        var ann = await JoinAsync("ann");
        var owner = await JoinAsync("bob");
        await TakeFreeAsync(owner, 1);
        await DownAsync(ann);
        var lives = new List<Incarnation>();
        for (var i = 0; i <= ClusterTable.MaxEndedMembers; i++)
        {
            lives.Add(await JoinAsync("bob"));
        }

        // The owner, ann and all lives but the last have ended: two too many. The owner is the oldest of its name, but its lease counts.
        var table = await ReadAsync();
        table.Members.Count(row => row.State != MemberState.Up).ShouldBe(ClusterTable.MaxEndedMembers);
        table.Members.Select(row => row.Incarnation).ShouldBe([ann, owner, .. lives.Skip(2)]);
        table.Members[^1].Crashes.ShouldBe(ClusterTable.MaxEndedMembers + 1);

        await RenewalFindsDownAsync(lives[0]);
        (await Table.DownAsync(lives[0], Cancel)).ShouldBeFalse();
        (await TakeFromAsync(lives[^1], lives[0], counter: 0, 1)).ShouldBeEmpty("who is forgotten counts as down and owns nothing");
        (await TakeFromAsync(lives[^1], owner, counter: 0, 1)).ShouldBe([Owned(1, 2, Lease)]);

        var next = await JoinAsync("bob");
        next.Value.ShouldBeGreaterThan(lives[^1].Value);
        (await ReadAsync()).Members.ShouldNotContain(row => row.Incarnation == owner, "it owns nothing any more and is the oldest");
        (await MemberAsync(await JoinAsync("ann"))).Crashes.ShouldBe(1);
    }

    [Fact]
    public async Task Of_more_names_than_are_kept_the_oldest_is_forgotten()
    {
        var members = new List<Incarnation>();
        for (var i = 0; i <= ClusterTable.MaxEndedMembers; i++)
        {
            members.Add(await JoinAsync($"member {i}"));
            await LeaveAsync(members[i]);
        }

        (await ReadAsync()).Members.Select(row => row.Incarnation).ShouldBe(members.Skip(1));
        await RenewalFindsDownAsync(members[0]);
        var again = await JoinAsync("member 0");
        again.Value.ShouldBeGreaterThan(members[^1].Value);
        (await ReadAsync()).Members.Count.ShouldBe(ClusterTable.MaxEndedMembers + 1, "who is up does not count");
    }
}
