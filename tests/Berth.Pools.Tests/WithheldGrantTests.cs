namespace Berth.Pools.Tests;

/// <summary>A restored copy that nobody has confirmed gives no seat and takes none away.</summary>
public sealed class WithheldGrantTests
{
    [Fact]
    public void What_is_held_is_renewed_and_released_and_nothing_is_given()
    {
        var pool = TestPool.Held("a", "b");
        pool.Add(new LicenseGrant(new LicenseId("C"), 1, null));
        pool.Rules = pool.Rules with { Grants = false };
        var before = pool.Events.Count;
        pool.Claim("new").ShouldBe(GrantsWithheld.Instance);
        pool.Events.Count.ShouldBe(before);
        pool.Claim("a").ShouldBeOfType<Renewed>();
        pool.Release("b").ShouldBe(Released.Instance);
        pool.Claim("b").ShouldBe(GrantsWithheld.Instance);
        pool.Rules = pool.Rules with { Grants = true };
        pool.Claim("b").ShouldBeOfType<Granted>();
    }

    [Fact]
    public void A_node_whose_claim_lapsed_is_not_attached_again()
    {
        var pool = TestPool.With(1);
        pool.Step(new ClaimSeat(TestPool.Node("a"), Who.Nobody) { ClaimKey = "key" }).ShouldBeOfType<Granted>();
        pool.Wait(TestPool.Ttl + TimeSpan.FromSeconds(3));
        pool.Expire().ShouldBe(Released.Instance);
        pool.Rules = pool.Rules with { Grants = false };
        pool.Step(new ClaimSeat(TestPool.Node("a"), Who.Nobody) { ClaimKey = "key" }).ShouldBe(GrantsWithheld.Instance);
    }

    [Fact]
    public void A_node_does_not_move_from_a_retired_license_to_another()
    {
        var pool = TestPool.Held("a");
        pool.Remove("A");
        pool.Add(new LicenseGrant(new LicenseId("B"), 1, null));
        pool.Rules = pool.Rules with { Grants = false };
        pool.Claim("a").ShouldBe(GrantsWithheld.Instance);
        pool.LicenseOf("a").ShouldBe("A");
    }

    [Fact]
    public void A_claim_that_is_refused_expires_nobody()
    {
        var pool = TestPool.Held("a");
        pool.Wait(TestPool.Ttl + TimeSpan.FromSeconds(3));
        pool.Rules = pool.Rules with { Grants = false };
        pool.Claim("b").ShouldBe(GrantsWithheld.Instance);
        pool.Holds("a").ShouldBeTrue();
        pool.Claim("a").ShouldBeOfType<Renewed>();
    }

    [Fact]
    public void A_confirmation_is_recorded_with_who_gave_it()
    {
        var pool = TestPool.With(1);
        pool.Step(new ConfirmCopy("a backup", new Who("operator", null, "zoe", "desk"))).ShouldBe(Changed.Instance);
        var confirmed = pool.Events[^1].ShouldBeOfType<CopyConfirmed>();
        confirmed.Origin.ShouldBe("a backup");
        confirmed.Stamp.Who.User.ShouldBe("zoe");
        pool.Reopened().State.Version.ShouldBe(pool.State.Version);
    }
}
