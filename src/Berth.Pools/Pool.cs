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
        if (command is ClaimSeat { Node: var node } && state.ClaimOf(node) is null or { License.Retired: true })
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
        ExpireEarliest => DecideExpiry(state, moment, events),
        AskFreeSeat => DecideFreeSeat(state, moment),
        AskClaim ask => state.ClaimOf(ask.Node) is null ? NotHeld.Instance : AlreadyHeld.Instance,
        AskSummary => PoolQueries.Summary(state, moment),
        AskLicenses ask => PoolQueries.Page(state, ask),
        AskLicense ask => PoolQueries.One(state, ask.Id),
        AddLicenses add => DecideAdd(state, add, moment, events),
        RemoveLicense remove => DecideRemove(state, remove, moment, events),
        SetPolicyException set => DecideException(state, set, moment, events),
        SetClusterPolicy set => DecideClusterPolicy(state, set, moment, events),
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
                state.EndClaim(HeldBy(state, expired.Node, expired.License, expired.Number), expired.Stamp.WallMs);
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
    public static Renewed? TryRenew(PoolState state, Fingerprint node, long nowMs, PoolRules rules)
    {
        var policy = PolicyIn(state, rules);
        if (!policy.Heartbeats
            || policy != state.Adopted
            || state.ClaimOf(node) is not { License.Retired: false } held
            || state.MayHaveLostLicense(held))
        {
            return null;
        }

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
    public static void Recover(PoolState state, long nowMs, long formerLeaseMs) =>
        state.HoldAllUntil(nowMs + state.LongestTtlMs + formerLeaseMs + GraceMs);

    private static PoolReply DecideClaim(PoolState state, ClaimSeat command, in Moment moment, List<PoolEvent> events)
    {
        var policy = PolicyIn(state, moment.Rules);
        var held = state.ClaimOf(command.Node);
        if (held is { License.Retired: false })
        {
            return DecideRenewal(state, held, policy, command, moment, events);
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

        var license = state.FreeSeatAt(RankOf(policy.Strategy, state.FreeSeatCount, moment.Random));
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

        var stamp = new Stamp(moment.NowMs, moment.WallMs, command.Who);
        events.Add(new SeatReleased(held.Node, held.License.Id, held.Number, ReleaseCause.Node, stamp));
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
        return state.FreeSeatCount > 0 || (PolicyIn(state, moment.Rules).Heartbeats && state.IsSeatDue(moment.NowMs))
            ? SeatIsFree.Instance
            : new NoSeatFree(WhyNone(state));
    }

    private static PoolReply DecideAdd(PoolState state, AddLicenses command, in Moment moment, List<PoolEvent> events)
    {
        var stamp = new Stamp(moment.NowMs, moment.WallMs, command.Who);
        var first = events.Count;
        AddPool(state, stamp, events);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var grant in command.Licenses)
        {
            if (state.LicenseOf(grant.Id) is not null || !seen.Add(grant.Id.Value))
            {
                events.RemoveRange(first, events.Count - first);
                return new DuplicateLicense(grant.Id);
            }

            events.Add(new LicenseAdded(grant.Id, grant.Seats, grant.ExpiryMs, stamp));
        }

        return Changed.Instance;
    }

    private static PoolReply DecideRemove(PoolState state, RemoveLicense command, in Moment moment, List<PoolEvent> events)
    {
        if (state.LicenseOf(command.Id) is not { Retired: false })
        {
            return new NoSuchLicense(command.Id);
        }

        events.Add(new LicenseRemoved(command.Id, new Stamp(moment.NowMs, moment.WallMs, command.Who)));
        return Changed.Instance;
    }

    private static PoolReply DecideException(PoolState state, SetPolicyException command, in Moment moment, List<PoolEvent> events)
    {
        if (command.Exception != state.Exception)
        {
            var stamp = new Stamp(moment.NowMs, moment.WallMs, command.Who);
            AddPool(state, stamp, events);
            events.Add(new PolicyExceptionChanged(command.Exception, stamp));
        }

        return Changed.Instance;
    }

    private static PoolReply DecideClusterPolicy(PoolState state, SetClusterPolicy command, in Moment moment, List<PoolEvent> events)
    {
        if (command.Policy != state.ClusterPolicy)
        {
            var stamp = new Stamp(moment.NowMs, moment.WallMs, command.Who);
            AddPool(state, stamp, events);
            events.Add(new ClusterPolicyChanged(command.Policy, stamp));
        }

        return Changed.Instance;
    }

    private static void AddPool(PoolState state, Stamp stamp, List<PoolEvent> events)
    {
        if (state.Version == 0)
        {
            events.Add(new PoolAdded(state.Name.Value, stamp));
        }
    }

    /// <summary>Records the policy that the next answer tells, once, before that answer.</summary>
    private static void Adopt(PoolState state, Policy policy, Stamp stamp, List<PoolEvent> events)
    {
        if (policy != state.Adopted)
        {
            AddPool(state, stamp, events);
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

        var claim = new Claim(granted.Node, license, granted.Number, state.Version, granted.Stamp, granted.ClaimKey);
        state.AddClaim(claim, granted.Stamp.AtMs + granted.ToldTtlMs + GraceMs, granted.ToldTtlMs);
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
