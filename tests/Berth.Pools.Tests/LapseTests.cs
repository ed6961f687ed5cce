namespace Berth.Pools.Tests;

public sealed class LapseTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>License A lapses in an hour, B never does.</summary>
    private static TestPool Lapsing(int seats = 1)
    {
        var pool = new TestPool();
        pool.Add(
            new LicenseGrant(new LicenseId("A"), seats, pool.WallMs + (long)Hour.TotalMilliseconds),
            new LicenseGrant(new LicenseId("B"), 1, null));
        return pool;
    }

    [Fact]
    public void The_picker_skips_a_license_past_its_expiry()
    {
        var pool = Lapsing();
        pool.Wait(Hour - TimeSpan.FromMilliseconds(1));
        pool.Claim("a").ShouldBe(new Granted(new LicenseId("A"), 60_000, 1));
        pool.Release("a");
        pool.Wait(TimeSpan.FromMilliseconds(1));
        pool.Claim("a").ShouldBe(new Granted(new LicenseId("B"), 60_000, 2));
    }

    [Fact]
    public void A_denial_says_that_unheld_seats_are_past_their_expiry()
    {
        var pool = Lapsing(seats: 2);
        pool.Claim("a");
        pool.Wait(Hour);
        pool.Claim("a").ShouldBe(new Renewed(new LicenseId("A"), 60_000, Repeat: false));
        pool.Claim("b").ShouldBe(new Granted(new LicenseId("B"), 60_000, 2));
        pool.Claim("c").ShouldBe(new NoSeatFree(DenialReason.Expired));
        pool.Step(new AskFreeSeat()).ShouldBe(new NoSeatFree(DenialReason.Expired));
        pool.State.LapsedSeatCount.ShouldBe(1);
        pool.Remove("A");
        pool.Claim("c").ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        pool.State.LapsedSeatCount.ShouldBe(0);
    }

    [Fact]
    public void A_seat_released_past_its_licenses_expiry_is_not_free()
    {
        var pool = Lapsing();
        pool.Claim("a");
        pool.Claim("b");
        pool.Wait(Hour);
        pool.Claim("b");
        pool.Release("a");
        pool.Claim("c").ShouldBe(new NoSeatFree(DenialReason.Expired));
    }

    [Fact]
    public void A_wall_clock_that_stepped_and_came_back_leaves_no_trace()
    {
        var pool = Lapsing();
        var untouched = Lapsing();
        var day = 86_400_000L;
        foreach (var step in (long[])[day, -day, -day, day])
        {
            pool.WallMs += step;
            pool.Step(new AskFreeSeat());
            pool.State.FreeSeatCount.ShouldBe(pool.WallMs < untouched.WallMs + Hour.TotalMilliseconds ? 2 : 1);
        }

        pool.WallMs.ShouldBe(untouched.WallMs);
        Model.Observed.All(pool.State).ShouldBe(Model.Observed.All(untouched.State));
        pool.Claim("a").ShouldBe(new Granted(new LicenseId("A"), 60_000, 1));
    }

    [Fact]
    public void The_wall_clock_moves_no_deadline()
    {
        var pool = TestPool.Held("a");
        pool.WallMs += 86_400_000;
        pool.Claim("b").ShouldBeOfType<NoSeatFree>();
        pool.WallMs -= 2 * 86_400_000L;
        pool.Claim("b").ShouldBeOfType<NoSeatFree>();
        pool.LeftMs("a").ShouldBe(62_000);
    }

    [Fact]
    public void Expiry_counts_only_where_it_is_enforced()
    {
        var pool = Lapsing();
        pool.Wait(Hour);
        pool.Rules = pool.Rules with { EnforceExpiry = false };
        pool.Claim("a").ShouldBe(new Granted(new LicenseId("A"), 60_000, 1));
        pool.Release("a");
        pool.Rules = pool.Rules with { EnforceExpiry = true };
        pool.Claim("a").ShouldBe(new Granted(new LicenseId("B"), 60_000, 2));
    }

    [Fact]
    public void A_license_added_past_its_expiry_is_never_picked()
    {
        var pool = new TestPool();
        pool.Add(new LicenseGrant(new LicenseId("A"), 1, pool.WallMs - 1), new LicenseGrant(new LicenseId("B"), 1, 0));
        pool.Claim("a").ShouldBe(new NoSeatFree(DenialReason.Expired));
    }

    [Fact]
    public void A_due_claim_on_a_license_past_its_expiry_makes_no_seat()
    {
        var pool = new TestPool();
        pool.Add(new LicenseGrant(new LicenseId("A"), 1, pool.WallMs + 10_000));
        pool.Claim("a");
        pool.Wait(TestPool.Ttl * 2);
        pool.Step(new AskFreeSeat()).ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        pool.Claim("b").ShouldBe(new NoSeatFree(DenialReason.Expired));
    }
}
