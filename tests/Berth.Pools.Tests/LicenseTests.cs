namespace Berth.Pools.Tests;

public sealed class LicenseTests
{
    [Fact]
    public void Licenses_come_in_all_or_none()
    {
        var pool = TestPool.With(1);
        var version = pool.State.Version;
        pool.Add(new(new LicenseId("B"), 1, null), new(new LicenseId("A"), 1, null)).ShouldBe(new DuplicateLicense(new LicenseId("A")));
        pool.Add(new(new LicenseId("C"), 1, null), new(new LicenseId("C"), 2, null)).ShouldBe(new DuplicateLicense(new LicenseId("C")));
        pool.State.Version.ShouldBe(version);
        pool.Events.Count.ShouldBe((int)version);
        pool.Add(new(new LicenseId("B"), 2, null), new(new LicenseId("C"), 1, null)).ShouldBe(Changed.Instance);
        pool.State.Licenses.Select(license => license.Id.Value).ShouldBe(["A", "B", "C"]);
        pool.State.FreeSeatCount.ShouldBe(4);
        pool.State.LicenseOf(new LicenseId("B"))!.AddedWallMs.ShouldBe(pool.WallMs);
    }

    [Fact]
    public void A_duplicate_leaves_earlier_events_of_the_batch_alone()
    {
        var pool = TestPool.With(1);
        var events = new List<PoolEvent>();
        Pool.Step(pool.State, new ClaimSeat(TestPool.Node("a"), Who.Nobody), pool.Moment, events);
        var before = events.Count;
        var again = new AddLicenses([new(new LicenseId("B"), 1, null), new(new LicenseId("A"), 1, null)], Who.Nobody);
        Pool.Step(pool.State, again, pool.Moment, events);
        events.Count.ShouldBe(before);
    }

    [Fact]
    public void A_free_license_is_gone_when_removed()
    {
        var pool = TestPool.With(1);
        pool.Remove("A").ShouldBe(Changed.Instance);
        pool.State.LicenseCount.ShouldBe(0);
        pool.Claim("a").ShouldBe(new NoSeatFree(DenialReason.NoLicenses));
        pool.Remove("A").ShouldBe(new NoSuchLicense(new LicenseId("A")));
    }

    [Fact]
    public void A_license_removed_while_held_gives_no_new_grant()
    {
        var pool = TestPool.With(2);
        pool.Claim("a");
        pool.Remove("A");
        pool.State.FreeSeatCount.ShouldBe(0);
        pool.Claim("b").ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        pool.Holds("a").ShouldBeTrue();
        pool.Remove("A").ShouldBe(new NoSuchLicense(new LicenseId("A")));
        pool.Add(new LicenseGrant(new LicenseId("A"), 1, null)).ShouldBe(new DuplicateLicense(new LicenseId("A")));
    }

    [Fact]
    public void The_holder_of_a_removed_license_moves_to_another_with_its_next_claim()
    {
        var pool = TestPool.With(1, 1);
        pool.Claim("a");
        pool.Remove("A");
        pool.Claim("a").ShouldBe(new Granted(new LicenseId("B"), 60_000, 2));
        pool.Events[^2].ShouldBeOfType<SeatReleased>().Cause.ShouldBe(ReleaseCause.Moved);
        pool.State.Licenses.Single().Id.Value.ShouldBe("B");
        pool.State.ClaimCount.ShouldBe(1);
    }

    [Fact]
    public void The_holder_of_a_removed_license_is_denied_where_none_is_free_and_keeps_what_it_was_told()
    {
        var pool = TestPool.Held("a");
        pool.Remove("A");
        pool.Wait(TimeSpan.FromSeconds(30));
        pool.Claim("a").ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        pool.LeftMs("a").ShouldBe(32_000);
        pool.State.LicenseCount.ShouldBe(1);
        pool.Wait(TimeSpan.FromSeconds(32));
        pool.Claim("a").ShouldBe(new NoSeatFree(DenialReason.NoLicenses));
        pool.Holds("a").ShouldBeFalse();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_removed_license_is_gone_after_its_last_holder(bool release)
    {
        var pool = TestPool.With(2);
        pool.Claim("a");
        pool.Claim("b");
        pool.Remove("A");
        pool.Release("a");
        pool.State.LicenseCount.ShouldBe(1);
        pool.Wait(TestPool.Ttl * 2);
        (release ? pool.Release("b") : pool.Expire()).ShouldBe(Released.Instance);
        pool.State.LicenseCount.ShouldBe(0);
        pool.Add(new LicenseGrant(new LicenseId("A"), 1, null)).ShouldBe(Changed.Instance);
    }

    [Fact]
    public void A_license_that_comes_back_is_last_in_import_order()
    {
        var pool = TestPool.With(1, 1);
        pool.Remove("A");
        pool.Add(new LicenseGrant(new LicenseId("A"), 1, null));
        pool.Claim("a").ShouldBe(new Granted(new LicenseId("B"), 60_000, 1));
        pool.Claim("b").ShouldBe(new Granted(new LicenseId("A"), 60_000, 2));
    }
}
