using Berth.Pools;
using Berth.Runtime.Ownership;

namespace Berth.Testing.Membership;

/// <summary>Condition 1: whom a join refuses, and what it says.</summary>
public abstract class MembershipRefusalContract<TStore> : MembershipTableContract<TStore>
    where TStore : MembershipTableUnderTest, new()
{
    private static readonly string _otherDigest = new('b', 64);

    [Fact]
    public async Task A_member_of_another_cluster_is_refused()
    {
        await JoinAsync("ann");
        await RefusedAsync(Card("bob") with { Cluster = "Site" }, JoinRefusal.OtherCluster, "\"site\"", "\"Site\"");
    }

    [Fact]
    public async Task Another_secret_is_refused_and_no_digest_is_shown()
    {
        await JoinAsync("ann");
        var detail = await RefusedAsync(Card("bob") with { SecretDigest = _otherDigest }, JoinRefusal.OtherSecret, "secret", "\"site\"");
        detail.ShouldNotContain("aaaa");
        detail.ShouldNotContain("bbbb");
    }

    [Fact]
    public async Task The_first_to_join_makes_the_cluster_also_when_all_have_left()
    {
        var ann = await JoinAsync("ann");
        await LeaveAsync(ann);
        await RefusedAsync(Card("bob") with { Cluster = "other" }, JoinRefusal.OtherCluster);
        await RefusedAsync(Card("bob") with { SecretDigest = _otherDigest }, JoinRefusal.OtherSecret);
        await RefusedAsync(Card("ann") with { SecretDigest = _otherDigest }, JoinRefusal.OtherSecret);
        await JoinAsync("bob");
    }

    [Fact]
    public async Task Who_can_do_less_than_the_cluster_uses_is_refused_also_when_all_have_left()
    {
        var ann = await JoinAsync(Card("ann") with { FeatureLevel = 3 });
        await RefusedAsync(Card("bob") with { FeatureLevel = 2 }, JoinRefusal.TooOld, "3", "2");
        await LeaveAsync(ann);
        await RefusedAsync(Card("ann") with { FeatureLevel = 2 }, JoinRefusal.TooOld);
        await JoinAsync(Card("bob") with { FeatureLevel = 3 });
    }

    [Fact]
    public async Task A_policy_that_differs_from_an_up_members_is_refused_with_both_values()
    {
        await JoinAsync(Card("ann") with { ExplicitPolicy = Policies.All with { Ttl = TimeSpan.FromSeconds(90) } });
        await ConflictsAsync(new(TimeSpan.FromSeconds(60), null, null), "ttl 90 s, and this one with ttl 60 s");
        await ConflictsAsync(new(null, Strategy.Lifo, null), "strategy rand, and this one with strategy lifo");
        await ConflictsAsync(new(null, null, true), "heartbeats off, and this one with heartbeats on");

        Task ConflictsAsync(PolicyException policy, string said) => RefusedAsync(Bob(policy), JoinRefusal.OtherPolicy, "\"ann\"", said);
    }

    [Fact]
    public async Task Parts_of_a_policy_that_only_one_has_or_both_alike_are_no_conflict()
    {
        await JoinAsync(Card("ann") with { ExplicitPolicy = new(TimeSpan.FromSeconds(90), Strategy.Rand, null) });
        await JoinAsync("bob");
        await JoinAsync(Card("cid") with { ExplicitPolicy = new(null, null, true) });
        await JoinAsync(Card("dan") with { ExplicitPolicy = new(TimeSpan.FromSeconds(90), Strategy.Rand, true) });
        await RefusedAsync(Bob(new(TimeSpan.FromSeconds(90), null, false)) with { Name = "eve" }, JoinRefusal.OtherPolicy, "\"cid\"");
    }

    [Fact]
    public async Task The_policy_of_a_life_that_is_over_is_no_conflict()
    {
        var mine = Card("ann") with { ExplicitPolicy = new(TimeSpan.FromSeconds(90), null, null) };
        var other = mine with { ExplicitPolicy = new(TimeSpan.FromSeconds(60), null, null) };
        await JoinAsync(mine);
        var ann = await JoinAsync(other);
        await LeaveAsync(ann);
        var bob = await JoinAsync(Bob(mine.ExplicitPolicy));
        await DownAsync(bob);
        await JoinAsync(other);
    }

    [Fact]
    public async Task A_name_that_is_up_at_another_address_is_taken_until_it_has_ended()
    {
        var ann = await JoinAsync("ann");
        var elsewhere = Card("ann", "elsewhere.site:7443");
        await RefusedAsync(elsewhere, JoinRefusal.NameTaken, "\"ann\"", "ann.site:7443", "elsewhere.site:7443");
        await DownAsync(ann);
        var moved = await JoinAsync(elsewhere);
        await RefusedAsync(Card("ann"), JoinRefusal.NameTaken);
        await LeaveAsync(moved);
        await JoinAsync("ann");
    }

    [Fact]
    public async Task A_full_cluster_takes_nobody_but_the_next_life_of_one_in_it()
    {
        for (var i = 0; i < ClusterTable.MaxMembers; i++)
        {
            await JoinAsync($"member {i}");
        }

        await RefusedAsync(Card("bob"), JoinRefusal.Full, "100");
        var again = await JoinAsync("member 7");
        await RefusedAsync(Card("bob"), JoinRefusal.Full);
        await LeaveAsync(again);
        await JoinAsync("bob");
        await RefusedAsync(Card("cid"), JoinRefusal.Full);
    }

    [Fact]
    public async Task Of_several_reasons_the_first_is_told()
    {
        await JoinAsync(Card("ann") with { FeatureLevel = 2, ExplicitPolicy = new(null, Strategy.Lifo, null) });
        for (var i = 1; i < ClusterTable.MaxMembers; i++)
        {
            await JoinAsync(Card($"member {i}") with { FeatureLevel = 2 });
        }

        var wrong = new MemberCard("ann", "elsewhere.site:7443", "other", _otherDigest, 1, Lease, new(null, Strategy.Fifo, null));
        await RefusedAsync(wrong, JoinRefusal.OtherCluster);
        wrong = wrong with { Cluster = "site" };
        await RefusedAsync(wrong, JoinRefusal.OtherSecret);
        wrong = wrong with { SecretDigest = Card("ann").SecretDigest };
        await RefusedAsync(wrong, JoinRefusal.TooOld);
        wrong = wrong with { FeatureLevel = 2 };
        await RefusedAsync(wrong, JoinRefusal.OtherPolicy);
        wrong = wrong with { ExplicitPolicy = PolicyException.None };
        await RefusedAsync(wrong, JoinRefusal.NameTaken);
        wrong = wrong with { Name = "zoe" };
        await RefusedAsync(wrong, JoinRefusal.Full);
    }

    [Fact]
    public async Task A_refused_member_does_not_end_its_former_life()
    {
        var ann = await JoinAsync(Card("ann") with { FeatureLevel = 2 });
        await RefusedAsync(Card("ann") with { FeatureLevel = 1 }, JoinRefusal.TooOld);
        await RefusedAsync(Card("ann") with { FeatureLevel = 2, SecretDigest = _otherDigest }, JoinRefusal.OtherSecret);
        (await RenewAsync(ann)).ShouldBeEmpty();
    }

    private static MemberCard Bob(PolicyException policy) => Card("bob") with { ExplicitPolicy = policy };

    /// <summary>The member is refused for this reason, nothing changes, and the detail says these things.</summary>
    private async Task<string> RefusedAsync(MemberCard card, JoinRefusal refusal, params string[] said)
    {
        JoinResult result = null!;
        await ChangesNothingAsync(async () => result = await Table.JoinAsync(card, Cancel));
        result.Incarnation.ShouldBeNull();
        result.Refusal.ShouldBe(refusal, result.Detail);
        var detail = result.Detail.ShouldNotBeNull();
        said.ShouldAllBe(part => detail.Contains(part, StringComparison.Ordinal), detail);
        return detail;
    }
}
