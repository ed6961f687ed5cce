using Berth.Chaos.Checks;
using Berth.Chaos.History;
using Berth.Chaos.Journal;

namespace Berth.Chaos.Tests.Checks;

/// <summary>What nodes were told is in the journal, and the journal has no gap.</summary>
public sealed class AcknowledgedTests
{
    private static readonly JournalSeat _seat = new("p", "n1", "A");
    private static readonly Operation[] _history = [Told.Granted("n1", 0), Told.Renewed("n1", 5), Told.Released("n1", 10)];

    [Fact]
    public void A_journal_with_all_that_was_told_is_right() =>
        Acknowledged.Check(_history, Journal([_seat], [_seat], new("p", 1, 2), new("p", 3, 1))).ShouldBeEmpty();

    [Fact]
    public void More_than_was_told_is_right_because_an_answer_may_be_lost() =>
        Acknowledged.Check(_history, Journal([_seat, _seat, new("p", "n2", "A")], [_seat, _seat], new JournalRecord("p", 1, 5))).ShouldBeEmpty();

    [Fact]
    public void An_acknowledged_claim_that_is_not_in_the_journal_is_found()
    {
        Found([], [_seat]).What.ShouldContain("claims of n1");
        Found([_seat with { License = "B" }], [_seat]).What.ShouldContain("claims of n1");
        Found([_seat with { Pool = "q" }], [_seat]).Kind.ShouldBe(ViolationKind.Lost);
    }

    [Fact]
    public void An_acknowledged_release_that_is_not_in_the_journal_is_found() => Found([_seat], []).What.ShouldContain("releases of n1");

    [Fact]
    public void Two_acknowledged_claims_need_two_grants() =>
        Acknowledged.Check([Told.Granted("n1", 0), Told.Granted("n1", 60)], Journal([_seat], [])).ShouldHaveSingleItem().Count.ShouldBe(1);

    [Fact]
    public void What_nobody_knows_need_not_be_there() =>
        Acknowledged.Check([Told.Unanswered("n1", 0), Told.Released("n1", 5, Outcome.Unknown)], Journal([], [])).ShouldBeEmpty();

    [Theory]
    [InlineData(2, 1, 3)]
    [InlineData(1, 1, 3)]
    [InlineData(1, 3, 3)]
    public void A_gap_or_an_overlap_of_versions_is_found(long first, int count, long second) =>
        Acknowledged.Check([], Journal([], [], new("p", first, count), new("p", second, 1))).ShouldNotBeEmpty();

    [Fact]
    public void An_epoch_that_goes_back_or_disappears_is_found()
    {
        EpochRow[] before = [new("shard 1", 4), new("shard 2", 7)];
        Acknowledged.CheckEpochs(before, [new("shard 2", 7), new("shard 1", 5)], TimeSpan.Zero).ShouldBeEmpty();
        Acknowledged.CheckEpochs(before, [new("shard 1", 3), new("shard 2", 7)], TimeSpan.Zero).ShouldHaveSingleItem().What.ShouldContain("shard 1");
        Acknowledged.CheckEpochs(before, [new("shard 1", 4)], TimeSpan.Zero).ShouldHaveSingleItem().What.ShouldContain("shard 2");
    }

    private static Violation Found(IReadOnlyList<JournalSeat> grants, IReadOnlyList<JournalSeat> releases) =>
        Acknowledged.Check(_history, Journal(grants, releases)).ShouldHaveSingleItem();

    private static JournalContent Journal(IReadOnlyList<JournalSeat> grants, IReadOnlyList<JournalSeat> releases, params JournalRecord[] records) =>
        new(grants, releases, records);
}
