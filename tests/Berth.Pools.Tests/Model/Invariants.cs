namespace Berth.Pools.Tests.Model;

/// <summary>What is true of every state, computed from its public parts by counting.</summary>
internal static class Invariants
{
    public static void Hold(PoolState state)
    {
        var claims = state.Claims.ToList();
        var licenses = state.Licenses.ToList();
        claims.Select(claim => claim.Node).ShouldBeUnique();
        claims.Select(claim => claim.Number).ShouldBeUnique();
        claims.Count.ShouldBe(state.ClaimCount);
        licenses.Count.ShouldBe(state.LicenseCount);
        foreach (var license in licenses)
        {
            license.Held.ShouldBeInRange(0, license.Seats);
            license.Held.ShouldBe(claims.Count(claim => claim.License == license));
            (license.Retired && license.Held == 0).ShouldBeFalse("a retired license goes with its last holder");
            state.LicenseOf(license.Id).ShouldBeSameAs(license);
        }

        foreach (var claim in claims)
        {
            licenses.ShouldContain(claim.License, "no seat without a license");
            state.ClaimOf(claim.Node).ShouldBeSameAs(claim);
            claim.Number.ShouldBeLessThanOrEqualTo(state.Grants);
            claim.Version.ShouldBeLessThanOrEqualTo(state.Version);
        }

        state.FreeSeatCount.ShouldBe(licenses.Where(l => !l.Retired && !l.Lapsed).Sum(l => (long)l.Seats - l.Held));
        state.LapsedSeatCount.ShouldBe(licenses.Where(l => !l.Retired && l.Lapsed).Sum(l => (long)l.Seats - l.Held));
        state.EarliestDeadlineMs.ShouldBe(
            claims.Count == 0 || !state.Adopted!.Heartbeats ? null : claims.Min(state.DeadlineOf));
        if (state.FreeSeatCount > 0)
        {
            state.FreeSeatAt(0).ShouldBeSameAs(licenses.First(l => l.Grantable > 0));
            state.FreeSeatAt(state.FreeSeatCount - 1).ShouldBeSameAs(licenses.Last(l => l.Grantable > 0));
        }
    }
}
