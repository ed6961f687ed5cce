using System.Diagnostics;

namespace Berth.Pools;

/// <summary>Every rule about seats. Pure: what is decided depends on the state, the command and the moment alone.</summary>
public static class Pool
{
    /// <summary>
    /// A claim is kept this much longer than the node was told, for the way of the answer and for the drift of clocks.
    /// </summary>
    public const long GraceMs = 2_000;

    /// <summary>The most claims past their deadline that one command expires while it looks for a seat.</summary>
    private const int MaxExpiredOnTheWay = 256;

    /// <summary>
    /// Decides a command and lets its events stand in <paramref name="state"/>, appending them to <paramref name="events"/>.
    /// Claims past their deadline are expired first where the command wants a seat and none is free.
    /// </summary>
    public static PoolReply Step(PoolState state, PoolCommand command, in Moment moment, List<PoolEvent> events)
    {
        var expired = 0;
        if (command is ClaimSeat { Node: var node } && moment.Rules.Grants && state.ClaimOf(node) is null or { MustMove: true })
        {
            state.LookAtExpiries(moment.WallMs, moment.Rules.EnforceExpiry);
            while (state.FreeSeatCount == 0 && expired++ < MaxExpiredOnTheWay)
            {
                var before = events.Count;
                Decide(state, new ExpireEarliest(), moment, events);
                if (events.Count == before)
                {
                    break;
                }

                Evolve(state, events[^1]);
            }
        }

        var first = events.Count;
        var reply = Decide(state, command, moment, events);
        for (var i = first; i < events.Count; i++)
        {
            Evolve(state, events[i]);
        }

        return reply;
    }

    /// <summary>Decides a command: the reply, and the events that make it true. Changes nothing but a renewal's deadline.</summary>
    public static PoolReply Decide(PoolState state, PoolCommand command, in Moment moment, List<PoolEvent> events) => command switch
    {
        ClaimSeat claim => DecideClaim(state, claim, moment, events),
        ReleaseSeat release => DecideRelease(state, release, moment, events),
        TakeSeat take => DecideTaking(state, take, moment, events),
        ExpireEarliest => DecideExpiry(state, moment, events),
        AskFreeSeat => DecideFreeSeat(state, moment),
        AskClaim ask => state.ClaimOf(ask.Node) is null ? NotHeld.Instance : AlreadyHeld.Instance,
        AskHolder ask => PoolQueries.Holder(state, ask.Node, moment),
        AskHolders ask => PoolQueries.Holders(state, ask, moment),
        AskNextDeadline => new NextDeadline(state.EarliestDeadlineMs is { } at ? Math.Max(0, at - moment.NowMs) : null),
        AskSummary => PoolQueries.Summary(state, moment),
        AskLicenses ask => PoolQueries.Page(state, ask, moment),
        AskLicense ask => PoolQueries.One(state, ask.Id, moment),
        AddLicenses add => PoolUpkeep.Add(state, add, moment, events),
        ChangeLicense change => PoolUpkeep.Change(state, change, moment, events),
        ImportLicenses import => PoolUpkeep.Import(state, import, moment, events),
        CutHistory cut => PoolUpkeep.Cut(state, cut, moment, events),
        RemoveLicense remove => PoolUpkeep.Remove(state, remove, moment, events),
        SetPolicyException set => PoolUpkeep.Exception(state, set, moment, events),
        SetClusterPolicy set => PoolUpkeep.ClusterPolicy(state, set, moment, events),
        ConfirmCopy confirm => PoolUpkeep.Confirm(state, confirm, moment, events),
        _ => throw new UnreachableException($"Pool {state.Name}: the command {command.GetType().Name} is not known."),
    };

    /// <summary>Lets one event stand. Reads no clock; an unknown event throws.</summary>
    public static void Evolve(PoolState state, PoolEvent happened)
    {
        state.Advance();
        switch (happened)
        {
            case SeatGranted granted when granted.Number == state.Grants + 1 && state.ClaimOf(granted.Node) is null:
                EvolveGrant(state, granted);
                break;
            case SeatReleased released:
                state.EndClaim(HeldBy(state, released.Node, released.License, released.Number), released.Stamp.WallMs);
                break;
            case ClaimExpired expired:
                EvolveExpiry(state, expired);
                break;
            case SeatTaken taken:
                EvolveTaking(state, taken);
                break;
            case PolicyAdopted adopted:
                EvolveAdoption(state, adopted);
                break;
            case LicenseAdded added when state.LicenseOf(added.Id) is null:
                state.AddLicense(added.Id, added.Seats, added.ExpiryMs, added.Stamp.WallMs);
                break;
            case LicenseRemoved removed when state.LicenseOf(removed.Id) is { Retired: false } license:
                state.RetireLicense(license);
                break;
            case PolicyExceptionChanged changed:
                state.SetException(changed.Exception);
                break;
            case ClusterPolicyChanged changed:
                state.SetClusterPolicy(changed.Policy);
                break;
            case LicenseChanged changed when state.LicenseOf(changed.Id) is { } license:
                state.ChangeLicense(license, changed.Seats, changed.ExpiryMs);
                break;
            case LicenseImported i when state.LicenseOf(i.Id) is null:
                state.AddLicense(i.Id, i.Seats, i.ExpiryMs, i.AddedMs).TakeOver(i.Claims, i.LastClaimedMs, i.LastReleasedMs);
                break;
            case ClaimImported imported when imported.Number == state.Grants + 1 && state.ClaimOf(imported.Node) is null:
                EvolveImportedClaim(state, imported);
                break;
            case HistoryCut cut when cut.UpTo < state.Version:
            case CopyConfirmed:
                break;
            case PoolAdded when state.Version == 1:
                break;
            default:
                throw new UnreachableException(
                    $"Pool {state.Name}: the event {happened.GetType().Name} cannot stand at version {state.Version}.");
        }
    }

    /// <summary>
    /// Renews a claim where that needs no event and nothing but its deadline changes; null: the claim must be decided.
    /// </summary>
    public static Renewed? TryRenew(PoolState state, ClaimSeat command, long nowMs, PoolRules rules)
    {
        var policy = PolicyIn(state, rules);
        if (!policy.Heartbeats
            || policy != state.Adopted
            || state.ClaimOf(command.Node) is not { MustMove: false } held
            || !IsKeyOf(held, command.ClaimKey)
            || state.MayHaveLostLicense(held))
        {
            return null;
        }

        held.HeardMs = nowMs;
        state.Extend(held, nowMs + policy.TtlMs + GraceMs);
        return new Renewed(held.License.Id, policy.TtlMs, Repeat: false);
    }

    /// <summary>
    /// The answer goes out at <paramref name="nowMs"/>: what it promises is kept from then, not from when it was decided.
    /// </summary>
    public static void Answered(PoolState state, Fingerprint node, long ttlMs, long nowMs)
    {
        if (state.ClaimOf(node) is { } claim)
        {
            state.Extend(claim, nowMs + ttlMs + GraceMs);
        }
    }

    /// <summary>
    /// The pool was opened anew: no claim lapses before a full longest ttl, counted from when <paramref name="nowMs"/> says,
    /// plus the time for which a former owner may still have answered.
    /// </summary>
    public static void Recover(PoolState state, long nowMs, long wallMs, long formerLeaseMs)
    {
        state.HoldAllUntil(nowMs + state.LongestTtlMs + formerLeaseMs + GraceMs);
        state.RecoverNotes(nowMs, wallMs);
    }

    private static PoolReply DecideClaim(PoolState state, ClaimSeat command, in Moment moment, List<PoolEvent> events)
    {
        var policy = PolicyIn(state, moment.Rules);
        var held = state.ClaimOf(command.Node);
        if (held is not null && !IsKeyOf(held, command.ClaimKey))
        {
            return OtherClaimKey.Instance;
        }

        if (held is { MustMove: false })
        {
            return DecideRenewal(state, held, policy, command, moment, events);
        }

        if (!moment.Rules.Grants)
        {
            return GrantsWithheld.Instance;
        }

        if (state.CoolDownOf(command.Node, moment.NowMs) is { } coolDown)
        {
            return new CoolingDown(coolDown.LeftMs(moment.NowMs));
        }

        state.LookAtExpiries(moment.WallMs, moment.Rules.EnforceExpiry);
        if (state.FreeSeatCount == 0)
        {
            return new NoSeatFree(WhyNone(state));
        }

        var stamp = new Stamp(moment.NowMs, moment.WallMs, command.Who);
        Adopt(state, policy, stamp, events);
        if (held is not null)
        {
            events.Add(new SeatReleased(held.Node, held.License.Id, held.Number, ReleaseCause.Moved, stamp));
        }

        var license = SeatBefore(state, command, moment.NowMs)
            ?? state.FreeSeatAt(RankOf(policy.Strategy, state.FreeSeatCount, moment.Random));
        var number = state.Grants + 1;
        events.Add(new SeatGranted(command.Node, license.Id, number, policy.TtlMs, command.ClaimKey, stamp));
        return new Granted(license.Id, policy.TtlMs, number);
    }

    private static PoolReply DecideRenewal(
        PoolState state, Claim held, Policy policy, ClaimSeat command, in Moment moment, List<PoolEvent> events)
    {
        if (policy != state.Adopted)
        {
            Adopt(state, policy, new Stamp(moment.NowMs, moment.WallMs, command.Who), events);
        }

        var repeat = state.MayHaveLostLicense(held);
        if (!policy.Heartbeats && !repeat)
        {
            return AlreadyHeld.Instance;
        }

        held.HeardMs = moment.NowMs;
        state.Extend(held, moment.NowMs + policy.TtlMs + GraceMs);
        return policy.Heartbeats
            ? new Renewed(held.License.Id, policy.TtlMs, repeat)
            : new Granted(held.License.Id, policy.TtlMs, held.Number);
    }

    private static PoolReply DecideRelease(PoolState state, ReleaseSeat command, in Moment moment, List<PoolEvent> events)
    {
        if (state.ClaimOf(command.Node) is not { } held)
        {
            return NotHeld.Instance;
        }

        if (!IsKeyOf(held, command.ClaimKey))
        {
            return OtherClaimKey.Instance;
        }

        var stamp = new Stamp(moment.NowMs, moment.WallMs, command.Who);
        events.Add(new SeatReleased(held.Node, held.License.Id, held.Number, ReleaseCause.Node, stamp));
        return Released.Instance;
    }

    private static PoolReply DecideTaking(PoolState state, TakeSeat command, in Moment moment, List<PoolEvent> events)
    {
        if (state.ClaimOf(command.Node) is not { } held)
        {
            return NotHeld.Instance;
        }

        var stamp = new Stamp(moment.NowMs, moment.WallMs, command.Who);
        var coolDownMs = Math.Clamp(command.CoolDownMs, 0, TakeSeat.MaxCoolDownMs);
        events.Add(new SeatTaken(held.Node, held.License.Id, held.Number, command.Reason, coolDownMs, stamp));
        return Released.Instance;
    }

    private static PoolReply DecideExpiry(PoolState state, in Moment moment, List<PoolEvent> events)
    {
        var stamp = new Stamp(moment.NowMs, moment.WallMs, Who.Member);
        if (state.ClaimCount > 0 && PolicyIn(state, moment.Rules) is var policy && policy.Heartbeats != state.Adopted?.Heartbeats)
        {
            // Whether claims lapse at all has changed and nobody was answered since: no claim ends before that is recorded,
            // and where heartbeats begin every claim has a full ttl from here.
            Adopt(state, policy, stamp, events);
            return NotHeld.Instance;
        }

        if (state.EarliestDue(moment.NowMs) is not { } due)
        {
            return NotHeld.Instance;
        }

        events.Add(new ClaimExpired(due.Node, due.License.Id, due.Number, stamp));
        return Released.Instance;
    }

    private static PoolReply DecideFreeSeat(PoolState state, in Moment moment)
    {
        state.LookAtExpiries(moment.WallMs, moment.Rules.EnforceExpiry);
        return state.FreeSeatCount > 0 || (PolicyIn(state, moment.Rules).Heartbeats && PoolQueries.IsSeatDue(state, moment.NowMs))
            ? SeatIsFree.Instance
            : new NoSeatFree(WhyNone(state));
    }

    /// <summary>Records the policy that the next answer tells, once, before that answer.</summary>
    internal static void Adopt(PoolState state, Policy policy, Stamp stamp, List<PoolEvent> events)
    {
        if (policy != state.Adopted)
        {
            PoolUpkeep.AddPool(state, stamp, events);
            events.Add(new PolicyAdopted(policy, stamp));
        }
    }

    private static void EvolveGrant(PoolState state, SeatGranted granted)
    {
        if (state.LicenseOf(granted.License) is not { Retired: false } license)
        {
            throw new UnreachableException(
                $"Pool {state.Name}: license {granted.License} has no seat to grant at version {state.Version}.");
        }

        var (at, wall, who) = granted.Stamp;
        var claim = new Claim(granted.Node, license, granted.Number, state.Version, wall, granted.ClaimKey, who) { HeardMs = at };
        state.AddClaim(claim, at + granted.ToldTtlMs + GraceMs, granted.ToldTtlMs);
        state.RememberLapsed(granted.Node, null);
    }

    private static void EvolveImportedClaim(PoolState state, ClaimImported imported)
    {
        var license = state.LicenseOf(imported.License)
            ?? throw new UnreachableException($"Pool {state.Name}: license {imported.License} is missing at version {state.Version}.");
        var (claims, claimedMs) = (license.Claims, license.LastClaimedMs);
        var claim = new Claim(imported.Node, license, imported.Number, state.Version, imported.SinceMs, null, Who.Nobody);
        state.AddClaim(claim, imported.Stamp.AtMs + imported.ToldTtlMs + GraceMs, imported.ToldTtlMs);

        // It was counted where it was granted.
        license.TakeOver(claims, claimedMs, license.LastReleasedMs);
    }

    /// <summary>A claim that was made with a key may find the same seat again, for one ttl.</summary>
    private static void EvolveExpiry(PoolState state, ClaimExpired expired)
    {
        var claim = HeldBy(state, expired.Node, expired.License, expired.Number);
        state.EndClaim(claim, expired.Stamp.WallMs);
        if (claim.ClaimKey is { } key && state.Adopted is { TtlMs: var ttl })
        {
            var (at, wall, _) = expired.Stamp;
            state.RememberLapsed(expired.Node, new NodeNote(expired.Node, expired.License, ttl, wall + ttl, key) { UntilMs = at + ttl });
        }
    }

    private static void EvolveTaking(PoolState state, SeatTaken taken)
    {
        state.EndClaim(HeldBy(state, taken.Node, taken.License, taken.Number), taken.Stamp.WallMs);
        var (at, wall, _) = taken.Stamp;
        var length = taken.CoolDownMs;
        state.CoolDown(new NodeNote(taken.Node, taken.License, length, wall + length, taken.Reason) { UntilMs = at + length });
    }

    private static void EvolveAdoption(PoolState state, PolicyAdopted adopted)
    {
        // Claims that never had to renew get a full ttl from the moment that heartbeats are asked of them.
        var begins = adopted.Policy.Heartbeats && state.Adopted is { Heartbeats: false };
        var longest = Math.Max(state.LongestTtlMs, adopted.Policy.TtlMs);
        state.Adopt(adopted.Policy, begins ? adopted.Stamp.AtMs + longest + GraceMs : 0);
    }

    internal static Policy PolicyIn(PoolState state, PoolRules rules) =>
        rules.IgnoreExceptions ? rules.ClusterPolicy : state.Exception.Over(rules.ClusterPolicy);

    private static long RankOf(Strategy strategy, long free, ulong random) => strategy switch
    {
        Strategy.Fifo => 0,
        Strategy.Lifo => free - 1,
        Strategy.Rand => (long)Math.BigMul(random, (ulong)free, out _),
        _ => throw new UnreachableException($"The strategy {strategy} is not known."),
    };

    /// <summary>Whether the claim may be renewed or released with this key: another is another process under the same fingerprint.</summary>
    private static bool IsKeyOf(Claim held, string? key) =>
        key is null || held.ClaimKey is null || string.Equals(held.ClaimKey, key, StringComparison.Ordinal);

    /// <summary>The license that the node held until its claim expired, if its key says so and a seat of it is free.</summary>
    private static License? SeatBefore(PoolState state, ClaimSeat command, long nowMs) =>
        command.ClaimKey is { } key
        && state.LapsedOf(command.Node, key, nowMs) is { } lapsed
        && state.LicenseOf(lapsed.License) is { Grantable: > 0 } license ? license : null;

    private static DenialReason WhyNone(PoolState state) => state switch
    {
        { LicenseCount: 0 } => DenialReason.NoLicenses,
        { LapsedSeatCount: > 0 } => DenialReason.Expired,
        _ => DenialReason.AllHeld,
    };

    private static Claim HeldBy(PoolState state, Fingerprint node, LicenseId license, long number) =>
        state.ClaimOf(node) is { } claim && claim.Number == number && claim.License.Id == license
            ? claim
            : throw new UnreachableException(
                $"Pool {state.Name}: grant {number} of {license} to {node} is not live at version {state.Version}.");
}
