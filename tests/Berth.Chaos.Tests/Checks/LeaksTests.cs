using Berth.Chaos.Checks;

namespace Berth.Chaos.Tests.Checks;

/// <summary>In the end every seat can be claimed again.</summary>
public sealed class LeaksTests
{
    private static readonly Dictionary<string, int> _seats = new() { ["A"] = 1, ["B"] = 2 };

    [Fact]
    public void All_seats_given_are_no_leak() =>
        Leaks.Check([Told.Granted("n1", 0), Told.Granted("n2", 1, "B"), Told.Granted("n3", 2, "B"), Told.Denied("n4", 3)], _seats).ShouldBeEmpty();

    [Fact]
    public void A_seat_that_nobody_gets_has_leaked()
    {
        var leak = Leaks.Check([Told.Granted("n1", 0), Told.Granted("n2", 1, "B"), Told.Denied("n3", 2)], _seats).ShouldHaveSingleItem();
        leak.Kind.ShouldBe(ViolationKind.Leaked);
        leak.Count.ShouldBe(1);
        leak.What.ShouldContain("B");
    }

    [Fact]
    public void A_renewal_is_no_proof_that_a_seat_was_free() =>
        Leaks.Check([Told.Renewed("n1", 0), Told.Granted("n2", 1, "B"), Told.Granted("n3", 2, "B")], _seats).ShouldHaveSingleItem().What.ShouldContain("A");

    [Fact]
    public void Nothing_given_leaks_everything() => Leaks.Check([], _seats).Sum(leak => leak.Count).ShouldBe(3);
}
