namespace Berth.Pools.Tests;

public sealed class ClaimTests
{
    [Fact]
    public void Claim_takes_a_free_seat_and_says_for_how_long()
    {
        var pool = TestPool.With(1);
        pool.Claim("a").ShouldBe(new Granted(new LicenseId("A"), 60_000, 1));
        pool.State.FreeSeatCount.ShouldBe(0);
        pool.ClaimOf("a").License.Claims.ShouldBe(1);
        pool.ClaimOf("a").License.LastClaimedMs.ShouldBe(pool.WallMs);
    }

    [Fact]
    public void Claim_again_is_a_renewal_and_writes_nothing()
    {
        var pool = TestPool.Held("a");
        var events = pool.Events.Count;
        pool.Claim("a").ShouldBe(new Renewed(new LicenseId("A"), 60_000, Repeat: false));
        pool.Events.Count.ShouldBe(events);
        pool.ClaimOf("a").License.Claims.ShouldBe(1, "claims counts grants only");
    }

    [Fact]
    public void Claim_of_a_full_pool_is_denied_and_writes_nothing()
    {
        var pool = TestPool.Held("a");
        var before = Model.Observed.All(pool.State);
        pool.Claim("b").ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        Model.Observed.All(pool.State).ShouldBe(before);
    }

    [Fact]
    public void Claim_of_a_pool_without_licenses_is_denied_for_that_reason()
    {
        var pool = new TestPool();
        pool.Claim("a").ShouldBe(new NoSeatFree(DenialReason.NoLicenses));
        pool.State.Version.ShouldBe(0);
    }

    [Fact]
    public void Release_frees_the_seat_for_the_next()
    {
        var pool = TestPool.Held("a");
        pool.Release("a").ShouldBe(Released.Instance);
        pool.State.Licenses.Single().LastReleasedMs.ShouldBe(pool.WallMs);
        pool.Claim("b").ShouldBe(new Granted(new LicenseId("A"), 60_000, 2));
    }

    [Fact]
    public void Release_twice_is_not_held()
    {
        var pool = TestPool.Held("a");
        pool.Release("a");
        pool.Release("a").ShouldBe(NotHeld.Instance);
        pool.Release("stranger").ShouldBe(NotHeld.Instance);
    }

    [Fact]
    public void A_node_claims_anew_after_its_release_under_a_new_number()
    {
        var pool = TestPool.Held("a");
        pool.Release("a");
        pool.Claim("a").ShouldBe(new Granted(new LicenseId("A"), 60_000, 2));
    }

    [Fact]
    public void Every_seat_of_a_license_is_given_and_no_more()
    {
        var pool = TestPool.With(3, 2);
        var licenses = Enumerable.Range(0, 5).Select(n => pool.Claim($"n{n}").ShouldBeOfType<Granted>().License.Value);
        licenses.ShouldBe(["A", "A", "A", "B", "B"]);
        pool.Claim("n5").ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        pool.Release("n1");
        pool.Claim("n5").ShouldBe(new Granted(new LicenseId("A"), 60_000, 6));
    }

    [Fact]
    public void Fingerprints_are_compared_byte_for_byte()
    {
        var pool = TestPool.Held("a");
        pool.Add(new LicenseGrant(new LicenseId("B"), 1, null));
        pool.Claim("A").ShouldBeOfType<Granted>();
        pool.Release("a ").ShouldBe(NotHeld.Instance);
    }

    [Fact]
    public void Asking_says_who_holds_and_whether_a_seat_is_free()
    {
        var pool = TestPool.With(1);
        pool.Step(new AskFreeSeat()).ShouldBe(SeatIsFree.Instance);
        pool.Step(new AskClaim(TestPool.Node("a"))).ShouldBe(NotHeld.Instance);
        pool.Claim("a");
        pool.Step(new AskFreeSeat()).ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        pool.Step(new AskClaim(TestPool.Node("a"))).ShouldBe(AlreadyHeld.Instance);
        pool.Wait(TestPool.Ttl + TimeSpan.FromSeconds(2));
        pool.Step(new AskFreeSeat()).ShouldBe(SeatIsFree.Instance);
        pool.Holds("a").ShouldBeTrue("asking ends no claim");
    }

    [Fact]
    public void A_due_seat_is_seen_behind_a_due_claim_of_a_retired_license()
    {
        var pool = TestPool.Held("a", "b");
        pool.Remove("A");
        pool.Wait(TestPool.Ttl * 2);
        pool.Step(new AskFreeSeat()).ShouldBe(SeatIsFree.Instance);
        pool.Remove("B");
        pool.Step(new AskFreeSeat()).ShouldBe(new NoSeatFree(DenialReason.AllHeld));
    }
}
