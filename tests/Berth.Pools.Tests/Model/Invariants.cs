namespace Berth.Pools.Tests.Model;

/// <summary>What is true of every state, computed from its public parts by counting.</summary>
internal static class Invariants
{
    public static void Hold(PoolState state)
    {
        var claims = state.Claims.ToList();
        var licenses = state.Licenses.ToList();
        foreach (var license in licenses)
        {
            Each(license.Held >= 0, $"{license.Id} holds {license.Held} of {license.Seats}");
            Each(license.Held == claims.Count(claim => claim.License == license), $"{license.Id} counts its holders");
            Each(!license.Retired || license.Held > 0, $"{license.Id} is retired and goes with its last holder");
            Each(state.LicenseOf(license.Id) == license, $"{license.Id} is found by its id");
        }

        foreach (var claim in claims)
        {
            Each(licenses.Contains(claim.License), $"{claim.Node} holds a seat of a license that is there");
            Each(state.ClaimOf(claim.Node) == claim, $"{claim.Node} has one claim");
            Each(claim.Number <= state.Grants && claim.Version <= state.Version, $"{claim.Node} was granted in the past");
        }

        True(claims.DistinctBy(claim => claim.Number).Count() == claims.Count, "grants have numbers of their own");
        True(claims.Count == state.ClaimCount && licenses.Count == state.LicenseCount, "the counts are right");
        True(state.FreeSeatCount == licenses.Where(l => !l.Retired && !l.Lapsed).Sum(l => Math.Max(0L, l.Seats - l.Held)), "free seats");
        True(state.LapsedSeatCount == licenses.Where(l => !l.Retired && l.Lapsed).Sum(l => Math.Max(0L, l.Seats - l.Held)), "lapsed seats");
        True(
            state.EarliestDeadlineMs == (claims.Count == 0 || !state.Adopted!.Heartbeats ? null : claims.Min(state.DeadlineOf)),
            "the earliest deadline");
        if (state.FreeSeatCount > 0)
        {
            True(state.FreeSeatAt(0) == licenses.First(l => l.Grantable > 0), "the first free seat");
            True(state.FreeSeatAt(state.FreeSeatCount - 1) == licenses.Last(l => l.Grantable > 0), "the last free seat");
        }
    }

    private static void Each(bool holds, FormattableString what)
    {
        if (!holds)
        {
            Assert.Fail($"Not true: {what}");
        }
    }

    private static void True(bool holds, string what) => Assert.True(holds, what);
}
