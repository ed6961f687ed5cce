using Berth.Runtime.Ownership;

namespace Berth.Runtime.Tests.Ownership;

public sealed class AssignmentTests
{
    private static readonly List<MemberRow> _three = [Rows.Member(1), Rows.Member(2), Rows.Member(3)];

    [Fact]
    public void Each_member_gets_about_its_share()
    {
        var shares = Owners(_three).GroupBy(owner => owner).Select(group => group.Count()).ToList();
        shares.Count.ShouldBe(3);
        shares.ShouldAllBe(share => share > Shards.Count / 3 / 2 && share < Shards.Count / 3 * 2);
    }

    [Fact]
    public void The_order_of_the_candidates_does_not_matter() => Owners([_three[2], _three[0], _three[1]]).ShouldBe(Owners(_three));

    [Fact]
    public void Who_comes_or_goes_moves_only_its_own_share()
    {
        var (all, without) = (Owners(_three), Owners([_three[0], _three[2]]));
        for (var shard = 0; shard < Shards.Count; shard++)
        {
            without[shard].ShouldBe(all[shard] == "m2" ? without[shard] : all[shard]);
            without[shard].ShouldNotBe("m2");
        }
    }

    [Fact]
    public void A_member_that_comes_back_gets_its_own_shards_back() =>
        Owners([_three[0], Rows.Member(9, name: "m2"), _three[2]]).ShouldBe(Owners(_three));

    [Fact]
    public void Of_two_with_the_same_weight_the_newer_life_is_chosen()
    {
        List<MemberRow> twins = [Rows.Member(5, name: "m"), Rows.Member(4, name: "m")];
        Assignment.Of(0, twins)!.Incarnation.Value.ShouldBe(5);
        Assignment.Of(0, [twins[1], twins[0]])!.Incarnation.Value.ShouldBe(5);
    }

    [Fact]
    public void Among_nobody_there_is_nobody() => Assignment.Of(0, []).ShouldBeNull();

    [Fact]
    public void The_weight_is_fixed_for_ever() => Assignment.WeightOf(258, "m1").ShouldBe(0xC19F_B169_9529_38CDUL);

    [Fact]
    public void A_plan_follows_its_candidates()
    {
        var plan = new ShardPlan();
        Planned(plan, _three).ShouldBe(Owners(_three));
        Planned(plan, [_three[1]]).ShouldAllBe(owner => owner == "m2");
        Planned(plan, _three).ShouldBe(Owners(_three));
        plan.Among([])[0].ShouldBeNull();
    }

    private static List<string> Owners(IReadOnlyList<MemberRow> candidates) =>
        [.. Enumerable.Range(0, Shards.Count).Select(shard => Assignment.Of(shard, candidates)!.Card.Name)];

    private static List<string> Planned(ShardPlan plan, IReadOnlyList<MemberRow> candidates) =>
        [.. plan.Among(candidates).Select(owner => owner!.Card.Name)];
}
