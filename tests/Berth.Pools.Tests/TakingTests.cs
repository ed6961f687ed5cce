namespace Berth.Pools.Tests;

public sealed class TakingTests
{
    private const long FiveMinutesMs = 300_000;

    [Fact]
    public void A_seat_that_is_taken_away_is_free_for_others_at_once()
    {
        var pool = TestPool.Held("a");
        Take(pool, "a").ShouldBe(Released.Instance);
        pool.Claim("b").ShouldBeOfType<Granted>();
    }

    [Fact]
    public void The_node_gets_no_seat_before_its_cool_down_is_over()
    {
        var pool = TestPool.Held("a");
        Take(pool, "a");
        pool.Claim("a").ShouldBe(new CoolingDown(FiveMinutesMs));
        pool.Wait(TimeSpan.FromMilliseconds(FiveMinutesMs - 1));
        pool.Claim("a").ShouldBe(new CoolingDown(1));
        pool.Wait(TimeSpan.FromMilliseconds(1));
        pool.Claim("a").ShouldBeOfType<Granted>();
    }

    [Fact]
    public void Without_a_cool_down_the_node_may_claim_again()
    {
        var pool = TestPool.Held("a");
        pool.Step(new TakeSeat(TestPool.Node("a"), "moved", 0, Who.Nobody));
        pool.Claim("a").ShouldBeOfType<Granted>();
    }

    [Fact]
    public void Nothing_is_taken_from_a_node_that_holds_nothing()
    {
        var pool = TestPool.With(1);
        Take(pool, "a").ShouldBe(NotHeld.Instance);
        pool.Count<SeatTaken>().ShouldBe(0);
        pool.Claim("a").ShouldBeOfType<Granted>();
    }

    [Fact]
    public void The_record_says_why_and_by_whom()
    {
        var pool = TestPool.Held("a");
        var ann = new Who("operator", "unix", "ann", null);
        pool.Step(new TakeSeat(TestPool.Node("a"), "left the company", FiveMinutesMs, ann));
        pool.Events[^1].ShouldBe(new SeatTaken(
            TestPool.Node("a"), new LicenseId("A"), 1, "left the company", FiveMinutesMs, new Stamp(pool.NowMs, pool.WallMs, ann)));
    }

    [Fact]
    public void A_cool_down_is_at_most_thirty_days()
    {
        var pool = TestPool.Held("a");
        pool.Step(new TakeSeat(TestPool.Node("a"), "x", long.MaxValue, Who.Nobody));
        pool.Claim("a").ShouldBe(new CoolingDown(TakeSeat.MaxCoolDownMs));
    }

    [Fact]
    public void After_a_start_a_cool_down_goes_on_by_the_wall_clock()
    {
        var pool = TestPool.Held("a");
        Take(pool, "a");
        pool.WallMs += 200_000;
        var reopened = pool.Reopened();
        reopened.Claim("a").ShouldBe(new CoolingDown(100_000));
        reopened.Wait(TimeSpan.FromSeconds(100));
        reopened.Claim("a").ShouldBeOfType<Granted>();
    }

    [Fact]
    public void A_wall_clock_that_went_back_makes_no_cool_down_longer_than_it_was()
    {
        var pool = TestPool.Held("a");
        Take(pool, "a");
        pool.WallMs -= 86_400_000;
        pool.Reopened().Claim("a").ShouldBe(new CoolingDown(FiveMinutesMs));
    }

    [Fact]
    public void More_cool_downs_than_are_kept_let_the_oldest_go()
    {
        var notes = new NodeNotes();
        for (var i = 0; i <= NodeNotes.Most; i++)
        {
            notes.Set(new Fingerprint($"n{i}"), NoteOf($"n{i}"));
        }

        notes.Find(new Fingerprint("n0"), nowMs: 1).ShouldNotBeNull("what is set may still be taken back");
        notes.Trim();
        notes.Find(new Fingerprint("n0"), nowMs: 1).ShouldBeNull();
        notes.Find(new Fingerprint("n1"), nowMs: 1).ShouldNotBeNull();
        notes.All.Count.ShouldBe(NodeNotes.Most);
    }

    [Fact]
    public void A_note_that_is_set_again_and_again_takes_no_more_room()
    {
        var notes = new NodeNotes();
        notes.Set(new Fingerprint("first"), NoteOf("first"));
        for (var i = 0; i < NodeNotes.Most * 4; i++)
        {
            notes.Set(new Fingerprint("same"), NoteOf("same"));
            notes.Trim();
        }

        notes.All.Select(note => note.Node.Value).ShouldBe(["first", "same"]);
    }

    private static NodeNote NoteOf(string node) => new(new Fingerprint(node), new LicenseId("A"), 10, 10, "x") { UntilMs = 10 };

    private static PoolReply Take(TestPool pool, string node) =>
        pool.Step(new TakeSeat(TestPool.Node(node), "because", FiveMinutesMs, Who.Nobody));
}
