using Berth.Chaos.Faults;

namespace Berth.Chaos.Tests.Faults;

/// <summary>Every fault gets its turn.</summary>
public sealed class DeckTests
{
    [Fact]
    public void Twenty_rounds_kill_twenty_owners_and_have_every_other_fault_as_often_as_any()
    {
        var deck = new Deck(AllFaults.All, new Random(7));
        var dealt = Enumerable.Range(0, 20).SelectMany(_ => deck.Round()).CountBy(fault => fault.Name).ToDictionary();
        dealt["kill-owner"].ShouldBe(20);
        dealt.Count.ShouldBe(AllFaults.All.Count);
        var others = dealt.Where(fault => fault.Key != "kill-owner").Select(fault => fault.Value).ToList();
        (others.Max() - others.Min()).ShouldBeLessThanOrEqualTo(1);
        others.Min().ShouldBeGreaterThanOrEqualTo(9);
    }

    [Fact]
    public void The_whole_deck_has_each_fault_once() =>
        new Deck(AllFaults.All, new Random(7)).Whole().ShouldBe(AllFaults.All, ignoreOrder: true);

    [Fact]
    public void One_fault_alone_is_a_round() =>
        new Deck([AllFaults.Named("cut-host")!], new Random(7)).Round().ShouldHaveSingleItem().Name.ShouldBe("cut-host");

    [Fact]
    public void Names_are_different() => AllFaults.All.Select(fault => fault.Name).ShouldBeUnique();
}
