using Berth.Chaos.Checks;
using Berth.Chaos.History;

namespace Berth.Chaos.Tests.Checks;

/// <summary>The history of the nodes is judged by what they were told: each violation is found, and nothing else is.</summary>
public sealed class PromisesTests
{
    private static readonly Dictionary<string, int> _seats = new() { ["A"] = 1, ["B"] = 2 };

    [Fact]
    public void A_seat_that_changes_hands_in_an_orderly_way_is_no_violation() => Check(
        Told.Granted("n1", 0), Told.Renewed("n1", 10), Told.Released("n1", 20),
        Told.Granted("n2", 20.05), Told.Renewed("n2", 30), Told.Released("n2", 31),
        Told.Granted("n1", 32)).ShouldBeEmpty();

    [Fact]
    public void Two_nodes_that_were_told_of_one_seat_at_once_are_found()
    {
        var found = Check(Told.Granted("n1", 0), Told.Renewed("n1", 10), Told.Granted("n2", 15)).ShouldHaveSingleItem();
        found.Kind.ShouldBe(ViolationKind.Oversold);
        found.At.ShouldBe(Told.Seconds(15.1));
        found.What.ShouldContain("2 nodes hold the 1 seats of A");
    }

    [Fact]
    public void One_more_than_the_seats_of_a_license_is_found() => Check(
        Told.Granted("n1", 0, "B"), Told.Granted("n2", 1, "B"), Told.Granted("n3", 2, "B"))
        .ShouldHaveSingleItem().Kind.ShouldBe(ViolationKind.Oversold);

    [Fact]
    public void As_many_as_the_seats_are_not_found() => Check(
        Told.Granted("n1", 0, "B"), Told.Granted("n2", 1, "B"), Told.Renewed("n1", 3, "B"), Told.Renewed("n2", 3, "B")).ShouldBeEmpty();

    [Fact]
    public void A_promise_counts_from_when_its_request_was_sent()
    {
        // Sent at 0, so over at 30, though its answer came at 0.1.
        Check(Told.Granted("n1", 0), Told.Granted("n2", 29.95)).ShouldBeEmpty();
        Check(Told.Granted("n1", 0), Told.Granted("n2", 29.85)).ShouldHaveSingleItem().Kind.ShouldBe(ViolationKind.Oversold);
    }

    [Fact]
    public void A_later_answer_shortens_no_promise()
    {
        var short_ = Told.Renewed("n1", 5) with { ExpiresIn = Told.Seconds(1) };
        Check(Told.Granted("n1", 0), short_, Told.Granted("n2", 20)).ShouldHaveSingleItem().Kind.ShouldBe(ViolationKind.Oversold);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(410)]
    public void A_holder_that_is_told_it_holds_nothing_has_lost_its_seat(int status)
    {
        var found = Check(Told.Granted("n1", 0), Told.Denied("n1", 10, status)).ShouldHaveSingleItem();
        found.Kind.ShouldBe(ViolationKind.Lost);
        found.At.ShouldBe(Told.Seconds(10.1));
    }

    [Fact]
    public void A_holder_that_is_granted_anything_anew_has_lost_its_seat()
    {
        Check(Told.Granted("n1", 0), Told.Granted("n1", 10)).ShouldHaveSingleItem().Kind.ShouldBe(ViolationKind.Lost);
        Check(Told.Granted("n1", 0), Told.Renewed("n1", 10, "B")).ShouldHaveSingleItem().Kind.ShouldBe(ViolationKind.Lost);
    }

    [Fact]
    public void Who_was_silent_for_longer_than_promised_has_lost_nothing() =>
        Check(Told.Granted("n1", 0), Told.Denied("n1", 30.1), Told.Granted("n1", 40, "B")).ShouldBeEmpty();

    [Fact]
    public void A_member_that_cannot_answer_takes_nothing_away() =>
        Check(Told.Granted("n1", 0), Told.Denied("n1", 10, 503), Told.Unanswered("n1", 12), Told.Renewed("n1", 20)).ShouldBeEmpty();

    [Fact]
    public void A_release_of_unknown_end_voids_what_its_name_is_promised_later()
    {
        Operation[] history = [Told.Granted("n1", 0), Told.Released("n1", 5, Outcome.Unknown), Told.Renewed("n1", 10), Told.Granted("n2", 15), Told.Denied("n1", 20)];
        Check(history).ShouldBeEmpty();
        Check([.. history, Told.Granted("n3", 21)]).ShouldHaveSingleItem().Kind.ShouldBe(ViolationKind.Oversold);
    }

    [Fact]
    public void A_release_that_was_refused_ends_the_belief_and_voids_nothing()
    {
        Check(Told.Granted("n1", 0), Told.Released("n1", 5, Outcome.Refused), Told.Granted("n2", 6)).ShouldBeEmpty();
        Check(Told.Granted("n1", 0), Told.Released("n1", 5, Outcome.Refused), Told.Renewed("n1", 6), Told.Denied("n1", 8))
            .ShouldHaveSingleItem().Kind.ShouldBe(ViolationKind.Lost);
    }

    [Fact]
    public void A_claim_of_unknown_end_promises_nothing() =>
        Check(Told.Unanswered("n1", 0), Told.Granted("n2", 4)).ShouldBeEmpty();

    [Fact]
    public void A_license_that_nobody_added_is_found() =>
        Check(Told.Granted("n1", 0, "forged")).ShouldHaveSingleItem().What.ShouldContain("never added");

    [Fact]
    public void What_was_judged_before_is_not_found_again_but_still_counts()
    {
        Operation[] history =
        [
            Told.Granted("n1", 0), Told.Granted("n2", 1), Told.Released("n2", 2),
            Told.Renewed("n1", 25), Told.Renewed("n1", 50), Told.Renewed("n1", 75), Told.Granted("n3", 100),
        ];
        Promises.Check(history, _seats, TimeSpan.Zero, Told.Ttl).Count.ShouldBe(2);
        Promises.Check(history, _seats, Told.Seconds(90), Told.Ttl).ShouldHaveSingleItem().At.ShouldBe(Told.Seconds(100.1));
    }

    [Fact]
    public void A_release_of_unknown_end_long_ago_still_voids() => Promises.Check(
        [Told.Released("n1", 1, Outcome.Unknown), Told.Granted("n1", 300), Told.Granted("n2", 301)], _seats, Told.Seconds(300), Told.Ttl).ShouldBeEmpty();

    private static IReadOnlyList<Violation> Check(params Operation[] history) => Promises.Check(history, _seats, TimeSpan.Zero, Told.Ttl);
}
