namespace Berth.Pools.Tests;

public sealed class ImportTests
{
    [Fact]
    public void A_holder_renews_without_noticing()
    {
        var pool = new TestPool();
        Import(pool, Of("A", "n1", claims: 7)).ShouldBe(Changed.Instance);
        pool.Claim("n1").ShouldBeOfType<Renewed>().License.Value.ShouldBe("A");
        pool.Claim("n2").ShouldBe(new NoSeatFree(DenialReason.AllHeld));
    }

    [Fact]
    public void A_holder_has_a_full_ttl_from_the_import()
    {
        var pool = new TestPool();
        Import(pool, Of("A", "n1"));
        pool.LeftMs("n1").ShouldBe((long)TestPool.Ttl.TotalMilliseconds + Pool.GraceMs);
    }

    [Fact]
    public void Counters_and_times_are_those_of_the_other_server()
    {
        var pool = new TestPool();
        Import(pool, Of("A", "n1", claims: 7));
        var license = pool.State.LicenseOf(new LicenseId("A")).ShouldNotBeNull();
        (license.Claims, license.AddedWallMs, license.LastClaimedMs, license.LastReleasedMs).ShouldBe((7, 11, 22, 33));
        pool.ClaimOf("n1").GrantedWallMs.ShouldBe(22);
        pool.Release("n1");
        pool.Claim("n2");
        license.Claims.ShouldBe(8);
    }

    [Fact]
    public void The_order_is_that_of_the_import()
    {
        var pool = new TestPool();
        Import(pool, Of("Z", null), Of("A", null));
        pool.Claim("n1").ShouldBeOfType<Granted>().License.Value.ShouldBe("Z");
    }

    [Fact]
    public void A_license_that_is_there_is_refused_and_nothing_is_taken_over()
    {
        var pool = TestPool.With(1);
        Import(pool, Of("B", "n1"), Of("A", null)).ShouldBe(new DuplicateLicense(new LicenseId("A")));
        pool.State.LicenseCount.ShouldBe(1);
        pool.Holds("n1").ShouldBeFalse();
    }

    [Fact]
    public void While_seats_are_withheld_no_holder_comes_in_but_free_licenses_do()
    {
        var pool = new TestPool();
        pool.Rules = pool.Rules with { Grants = false };
        Import(pool, Of("A", "n1")).ShouldBe(GrantsWithheld.Instance);
        pool.State.LicenseCount.ShouldBe(0);
        Import(pool, Of("A", null)).ShouldBe(Changed.Instance);
    }

    [Fact]
    public void A_node_that_holds_a_seat_here_is_refused()
    {
        var pool = TestPool.Held("n1");
        Import(pool, Of("B", "n1")).ShouldBe(AlreadyHeld.Instance);
        Import(pool, Of("C", "n2"), Of("D", "n2")).ShouldBe(AlreadyHeld.Instance);
        pool.State.LicenseCount.ShouldBe(1);
    }

    private static ImportedLicense Of(string id, string? holder, long claims = 1) => new(
        new LicenseGrant(new LicenseId(id), 1, null), 11, claims, 22, 33, holder is null ? null : TestPool.Node(holder));

    private static PoolReply Import(TestPool pool, params ImportedLicense[] licenses) =>
        pool.Step(new ImportLicenses(licenses, Who.Nobody));
}
