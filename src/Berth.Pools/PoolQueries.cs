namespace Berth.Pools;

/// <summary>What a pool tells about itself, for lists and tables.</summary>
internal static class PoolQueries
{
    /// <summary>Claims that a question looks at, at the most, when the earliest is of no use.</summary>
    private const int MostLookedAt = 10_000;

    /// <summary>Whether some claim is past its deadline whose seat another could take.</summary>
    public static bool IsSeatDue(PoolState state, long nowMs) => state.EarliestDue(nowMs) switch
    {
        null => false,
        { License.IsPickable: true } => true,
        _ => state.Claims.Take(MostLookedAt).Any(claim => claim.License.IsPickable && state.DeadlineOf(claim) <= nowMs),
    };

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

    public static LicensePage Page(PoolState state, AskLicenses ask, in Moment moment)
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
                rows.Add(View(state, license, moment));
                holders += rows[^1].Holders.Count;
            }
        }

        return new LicensePage(rows, null);
    }

    public static PoolReply One(PoolState state, LicenseId id, in Moment moment) =>
        state.LicenseOf(id) is { } license ? new LicensePage([View(state, license, moment)], null) : new NoSuchLicense(id);

    public static PoolReply Holder(PoolState state, Fingerprint node, in Moment moment) =>
        state.ClaimOf(node) is { } claim ? new HolderPage([View(state, claim, moment)], null) : NotHeld.Instance;

    public static HolderPage Holders(PoolState state, AskHolders ask, in Moment moment)
    {
        var rows = new List<HolderView>();
        var limit = Math.Clamp(ask.Limit, 1, AskLicenses.MaxLimit);
        for (var slot = Math.Max(0, ask.Slot); slot < state.SlotCount; slot++)
        {
            var below = slot == ask.Slot ? ask.BelowNumber : long.MaxValue;
            foreach (var claim in state.LicenseAt(slot)?.Holders ?? [])
            {
                if (claim.Number >= below)
                {
                    continue;
                }

                if (rows.Count == limit)
                {
                    return new HolderPage(rows, new AskHolders(slot, claim.Number + 1, limit));
                }

                rows.Add(View(state, claim, moment));
            }
        }

        return new HolderPage(rows, null);
    }

    private static LicenseView View(PoolState state, License license, Moment moment) => new(
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
        [.. license.Holders.Take(LicenseView.MaxHolders).Select(claim => View(state, claim, moment))]);

    private static HolderView View(PoolState state, Claim claim, in Moment moment) => new(
        claim.Node,
        claim.Number,
        claim.GrantedWallMs,
        claim.Holder?.User,
        claim.Holder?.Host,
        claim.License.Id,
        claim.Version,
        claim.HeardMs == Claim.NeverHeard ? null : moment.WallMs - (moment.NowMs - claim.HeardMs),
        state.Adopted is { Heartbeats: true } ? moment.WallMs + (state.DeadlineOf(claim) - Pool.GraceMs - moment.NowMs) : null);
}
