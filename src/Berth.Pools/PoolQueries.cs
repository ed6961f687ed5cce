namespace Berth.Pools;

/// <summary>What a pool tells about itself, for lists and tables.</summary>
internal static class PoolQueries
{
    public static PoolSummary Summary(PoolState state, in Moment moment)
    {
        state.LookAtExpiries(moment.WallMs, moment.Rules.EnforceExpiry);
        return new PoolSummary(
            state.Name,
            state.LicenseCount,
            state.SeatCount,
            state.ClaimCount,
            state.FreeSeatCount,
            state.Version,
            state.Exception,
            Pool.PolicyIn(state, moment.Rules),
            state.ClusterPolicy);
    }

    public static LicensePage Page(PoolState state, AskLicenses ask)
    {
        var rows = new List<LicenseView>();
        var limit = Math.Clamp(ask.Limit, 1, AskLicenses.MaxLimit);
        var holders = 0;
        for (var slot = Math.Clamp(ask.AfterSlot, -1, state.SlotCount - 1) + 1; slot < state.SlotCount; slot++)
        {
            if (rows.Count == limit || holders >= AskLicenses.MaxHolders)
            {
                return new LicensePage(rows, slot - 1);
            }

            if (state.LicenseAt(slot) is { } license)
            {
                rows.Add(View(license));
                holders += rows[^1].Holders.Count;
            }
        }

        return new LicensePage(rows, null);
    }

    public static PoolReply One(PoolState state, LicenseId id) =>
        state.LicenseOf(id) is { } license ? new LicensePage([View(license)], null) : new NoSuchLicense(id);

    private static LicenseView View(License license) => new(
        license.Id,
        license.Seats,
        license.Held,
        license is { Seats: 1, Held: 1 } ? license.LastNumber : null,
        license.Claims,
        license.AddedWallMs,
        license.LastClaimedMs,
        license.LastReleasedMs,
        license.ExpiryMs,
        license.Retired,
        [.. license.Holders.Take(LicenseView.MaxHolders).Select(View)]);

    private static HolderView View(Claim claim) =>
        new(claim.Node, claim.Number, claim.GrantedWallMs, claim.Holder?.User, claim.Holder?.Host);
}
