using System.Text;

namespace Berth.Pools.Tests.Model;

/// <summary>
/// The rules once more, as plainly as they can be said: lists, scans, no undo, nothing shared with the product but its
/// records. Where several claims have the earliest deadline it takes the one the product took.
/// </summary>
internal sealed class NaivePool
{
    private readonly List<NaiveSeat> _seats = [];
    private readonly List<NaiveHolding> _holdings = [];
    private readonly Dictionary<Fingerprint, NaiveNote> _coolDowns = [];
    private readonly Dictionary<Fingerprint, NaiveNote> _lapsed = [];
    private long _version;
    private long _grants;
    private long _longestMs;
    private long _floorMs;
    private long _lostUpTo;
    private PolicyException _exception = PolicyException.None;
    private Policy? _cluster;
    private Policy? _adopted;

    public PoolReply Step(PoolCommand command, Moment at, IEnumerable<PoolEvent> product)
    {
        var ended = new Queue<long>(product.OfType<ClaimExpired>().Select(expired => expired.Number));
        return command switch
        {
            ClaimSeat c => Claim(c, at, ended),
            ReleaseSeat r => Release(r, at),
            TakeSeat t => Take(t, at),
            ChangeLicense c => ChangeOf(c.License),
            ImportLicenses i => Import(i.Licenses[0], at),
            ExpireEarliest => Sweep(at, ended) ? Released.Instance : NotHeld.Instance,
            AskClaim a => Of(a.Node) is null ? NotHeld.Instance : AlreadyHeld.Instance,
            AskFreeSeat => FreeOrDue(at) ? SeatIsFree.Instance : new NoSeatFree(Why(at)),
            AddLicenses a => Add(a.Licenses, at),
            RemoveLicense r => Remove(r.Id),
            SetPolicyException e => Change(e.Exception != _exception, () => _exception = e.Exception),
            SetClusterPolicy p => Change(p.Policy != _cluster, () => _cluster = p.Policy),
            _ => throw new InvalidOperationException(command.ToString()),
        };
    }

    public void Befall(Op op, OpRunner runner)
    {
        switch (op)
        {
            case Recovers r:
                _floorMs = Math.Max(_floorMs, runner.NowMs + _longestMs + r.FormerLeaseMs + 2_000);
                _lostUpTo = _version;
                foreach (var note in _coolDowns.Values.Concat(_lapsed.Values))
                {
                    note.UntilMs = runner.NowMs + Math.Max(0, Math.Min(note.LengthMs, note.UntilWallMs - runner.WallMs));
                }

                break;
            case LosesAnswers:
                _lostUpTo = _version;
                break;
            case Answers a when Of(OpRunner.NodeOf(a.Node)) is { } holding:
                Keep(holding, runner.NowMs + Ms(_adopted!));
                break;
            case Repeats r when Of(OpRunner.NodeOf(r.Node)) is { } holding:
                holding.Repeated |= Lost(holding);
                break;
        }
    }

    public string Observe(long wallMs, bool enforce)
    {
        var lapsed = _seats.Where(seat => !seat.Retired && enforce && seat.ExpiryMs <= wallMs).Sum(Unheld);
        var text = new StringBuilder()
            .AppendLine(Observed.Header(_version, _grants, _longestMs, _exception, _cluster, _adopted))
            .AppendLine($"free {Free(wallMs, enforce).Count} lapsed {lapsed} claims {_holdings.Count} licenses {_seats.Count}")
            .AppendLine($"seats {_seats.Sum(seat => seat.Seats)}");
        foreach (var seat in _seats)
        {
            text.AppendLine(Observed.LicenseLine(
                new LicenseImage(
                    seat.Id, seat.Seats, seat.ExpiryMs, seat.AddedMs, seat.Retired, seat.Claims, seat.ClaimedMs, seat.ReleasedMs),
                HeldOf(seat)));
        }

        foreach (var h in _holdings.OrderBy(holding => holding.Number))
        {
            text.AppendLine(Observed.ClaimLine(
                new ClaimImage(h.By.Node, h.License, h.Number, h.Version, h.WallMs, h.By.ClaimKey, h.By.Who.User, h.By.Who.Host)));
        }

        text.AppendLine($"earliest {(_adopted is { Heartbeats: true } && _holdings.Count > 0 ? _holdings.Min(Deadline) : null)}");
        foreach (var holding in _holdings.OrderBy(holding => holding.Number))
        {
            text.AppendLine(Observed.MemoryLine(holding.Number, Deadline(holding), Lost(holding)));
        }

        return text.ToString();
    }

    private PoolReply Claim(ClaimSeat command, Moment at, Queue<long> ended)
    {
        var policy = Told(at.Rules);
        var held = Of(command.Node);
        if (held is null || MustMove(held))
        {
            while (Free(at).Count == 0 && Sweep(at, ended))
            {
            }
        }

        held = Of(command.Node);
        if (held is { By.ClaimKey: { } key } && command.ClaimKey is { } other && key != other)
        {
            return OtherClaimKey.Instance;
        }

        if (held is not null && !MustMove(held))
        {
            return Renew(held, policy, at);
        }

        if (_coolDowns.TryGetValue(command.Node, out var coolDown) && coolDown.UntilMs > at.NowMs)
        {
            return new CoolingDown(coolDown.UntilMs - at.NowMs);
        }

        var free = Free(at);
        if (free.Count == 0)
        {
            return new NoSeatFree(Why(at));
        }

        Adopt(policy, at.NowMs);
        if (held is not null)
        {
            End(held, at.WallMs);
        }

        var seat = policy.Strategy switch
        {
            Strategy.Fifo => free[0],
            Strategy.Lifo => free[^1],
            _ => free[(int)(((UInt128)at.Random * (UInt128)free.Count) >> 64)],
        };
        if (_lapsed.TryGetValue(command.Node, out var lapsed) && lapsed.UntilMs > at.NowMs && lapsed.Text == command.ClaimKey)
        {
            seat = free.FirstOrDefault(one => one.Id == lapsed.License) ?? seat;
        }

        _lapsed.Remove(command.Node);
        _version++;
        var holding = new NaiveHolding(command, seat.Id, ++_grants, _version, at.WallMs) { UntilMs = at.NowMs + Ms(policy) + 2_000 };
        _holdings.Add(holding);
        seat.Claims++;
        seat.ClaimedMs = at.WallMs;
        return new Granted(seat.Id, Ms(policy), _grants);
    }

    private PoolReply Renew(NaiveHolding held, Policy policy, Moment at)
    {
        Adopt(policy, at.NowMs);
        if (!policy.Heartbeats && !Lost(held))
        {
            return AlreadyHeld.Instance;
        }

        Keep(held, at.NowMs + Ms(policy));
        return policy.Heartbeats ? new Renewed(held.License, Ms(policy), Lost(held)) : new Granted(held.License, Ms(policy), held.Number);
    }

    private PoolReply Release(ReleaseSeat command, Moment at)
    {
        if (Of(command.Node) is not { } held)
        {
            return NotHeld.Instance;
        }

        if (held.By.ClaimKey is { } key && command.ClaimKey is { } other && key != other)
        {
            return OtherClaimKey.Instance;
        }

        End(held, at.WallMs);
        return Released.Instance;
    }

    private PoolReply Take(TakeSeat command, Moment at)
    {
        if (Of(command.Node) is not { } held)
        {
            return NotHeld.Instance;
        }

        End(held, at.WallMs);
        _coolDowns[command.Node] = new NaiveNote(held.License, command.Reason, command.CoolDownMs, at.WallMs + command.CoolDownMs)
        {
            UntilMs = at.NowMs + command.CoolDownMs,
        };
        return Released.Instance;
    }

    private PoolReply ChangeOf(LicenseGrant grant)
    {
        if (_seats.SingleOrDefault(seat => seat.Id == grant.Id) is not { } seat)
        {
            return new NoSuchLicense(grant.Id);
        }

        _version++;
        var kept = _holdings.Where(holding => holding.License == seat.Id).Select(holding => holding.Number).Order().Take(grant.Seats).ToList();
        seat.ShedAbove = HeldOf(seat) > grant.Seats ? kept[^1] : long.MaxValue;
        (seat.Seats, seat.ExpiryMs, seat.Retired) = (grant.Seats, grant.ExpiryMs, false);
        return Changed.Instance;
    }

    private PoolReply Import(ImportedLicense license, Moment at)
    {
        if (_seats.Any(seat => seat.Id == license.Grant.Id))
        {
            return new DuplicateLicense(license.Grant.Id);
        }

        if (license.Holder is { } holder && Of(holder) is not null)
        {
            return AlreadyHeld.Instance;
        }

        Exist();
        if (license.Holder is not null)
        {
            Adopt(Told(at.Rules), at.NowMs);
        }

        _version++;
        _seats.Add(new NaiveSeat(license.Grant.Id, license.AddedMs)
        {
            Seats = license.Grant.Seats,
            Claims = license.Claims,
            ClaimedMs = license.LastClaimedMs,
            ReleasedMs = license.LastReleasedMs,
        });
        if (license.Holder is { } node)
        {
            _version++;
            _holdings.Add(new NaiveHolding(new ClaimSeat(node, Who.Nobody), license.Grant.Id, ++_grants, _version, license.LastClaimedMs)
            {
                UntilMs = at.NowMs + Ms(_adopted!) + 2_000,
            });
            _longestMs = Math.Max(_longestMs, Ms(_adopted!));
        }

        return Changed.Instance;
    }

    /// <summary>Ends one due claim. Says whether it did.</summary>
    private bool Sweep(Moment at, Queue<long> ended)
    {
        var policy = Told(at.Rules);
        if (_holdings.Count > 0 && policy.Heartbeats != _adopted!.Heartbeats)
        {
            Adopt(policy, at.NowMs);
        }

        if (Due(at).ToList() is not { Count: > 0 } due)
        {
            return false;
        }

        var earliest = due.Min(holding => holding.UntilMs);
        ended.TryDequeue(out var number);
        var ending = due.Single(holding => holding.UntilMs == earliest && (holding.Number == number || number == 0));
        End(ending, at.WallMs);
        if (ending.By.ClaimKey is { } key)
        {
            var ttl = Ms(_adopted!);
            _lapsed[ending.By.Node] = new NaiveNote(ending.License, key, ttl, at.WallMs + ttl) { UntilMs = at.NowMs + ttl };
        }

        return true;
    }

    private PoolReply Add(IReadOnlyList<LicenseGrant> licenses, Moment at)
    {
        foreach (var grant in licenses)
        {
            if (_seats.Any(seat => seat.Id == grant.Id) || licenses.Count(other => other.Id == grant.Id) > 1)
            {
                return new DuplicateLicense(grant.Id);
            }
        }

        Exist();
        _version += licenses.Count;
        _seats.AddRange(licenses.Select(grant => new NaiveSeat(grant.Id, at.WallMs) { Seats = grant.Seats, ExpiryMs = grant.ExpiryMs }));
        return Changed.Instance;
    }

    private PoolReply Remove(LicenseId id)
    {
        if (_seats.SingleOrDefault(seat => seat.Id == id && !seat.Retired) is not { } seat)
        {
            return new NoSuchLicense(id);
        }

        _version++;
        seat.Retired = true;
        Forget();
        return Changed.Instance;
    }

    private PoolReply Change(bool differs, Action change)
    {
        if (differs)
        {
            Exist();
            _version++;
            change();
        }

        return Changed.Instance;
    }

    private void Adopt(Policy policy, long nowMs)
    {
        if (policy == _adopted)
        {
            return;
        }

        Exist();
        _version++;
        if (policy.Heartbeats && _adopted is { Heartbeats: false })
        {
            _floorMs = Math.Max(_floorMs, nowMs + Math.Max(_longestMs, Ms(policy)) + 2_000);
        }

        _adopted = policy;
        _longestMs = _holdings.Count == 0 ? Ms(policy) : Math.Max(_longestMs, Ms(policy));
    }

    private void End(NaiveHolding held, long wallMs)
    {
        _version++;
        _holdings.Remove(held);
        SeatOf(held).ReleasedMs = wallMs;
        _longestMs = _holdings.Count == 0 ? Ms(_adopted!) : _longestMs;
        Forget();
    }

    private bool FreeOrDue(Moment at) =>
        Free(at).Count > 0 || (Told(at.Rules).Heartbeats && Due(at).Any(due => !SeatOf(due).Retired && !Lapsed(SeatOf(due), at)));

    private IEnumerable<NaiveHolding> Due(Moment at) =>
        _adopted is { Heartbeats: true } ? _holdings.Where(holding => Deadline(holding) <= at.NowMs) : [];

    private DenialReason Why(Moment at) =>
        _seats.Count == 0 ? DenialReason.NoLicenses
        : _seats.Any(seat => !seat.Retired && Lapsed(seat, at) && Unheld(seat) > 0) ? DenialReason.Expired
        : DenialReason.AllHeld;

    private List<NaiveSeat> Free(Moment at) => Free(at.WallMs, at.Rules.EnforceExpiry);

    /// <summary>Every free seat, one entry each, in import order.</summary>
    private List<NaiveSeat> Free(long wallMs, bool enforce) =>
        [.. _seats
            .Where(seat => !seat.Retired && !(enforce && seat.ExpiryMs <= wallMs))
            .SelectMany(seat => Enumerable.Repeat(seat, Unheld(seat)))];

    private int Unheld(NaiveSeat seat) => Math.Max(0, seat.Seats - HeldOf(seat));

    private bool MustMove(NaiveHolding held) =>
        SeatOf(held) is var seat && (seat.Retired || (HeldOf(seat) > seat.Seats && held.Number > seat.ShedAbove));

    private static bool Lapsed(NaiveSeat seat, Moment at) => at.Rules.EnforceExpiry && seat.ExpiryMs <= at.WallMs;

    private Policy Told(PoolRules rules) => rules.IgnoreExceptions
        ? rules.ClusterPolicy
        : new Policy(
            _exception.Ttl ?? rules.ClusterPolicy.Ttl,
            _exception.Strategy ?? rules.ClusterPolicy.Strategy,
            _exception.Heartbeats ?? rules.ClusterPolicy.Heartbeats);

    private void Exist() => _version += _version == 0 ? 1 : 0;

    private void Forget() => _seats.RemoveAll(seat => seat.Retired && HeldOf(seat) == 0);

    private static void Keep(NaiveHolding held, long toldUntilMs) => held.UntilMs = Math.Max(held.UntilMs, toldUntilMs + 2_000);

    private NaiveHolding? Of(Fingerprint node) => _holdings.SingleOrDefault(holding => holding.By.Node == node);

    private NaiveSeat SeatOf(NaiveHolding held) => _seats.Single(seat => seat.Id == held.License);

    private int HeldOf(NaiveSeat seat) => _holdings.Count(holding => holding.License == seat.Id);

    private long Deadline(NaiveHolding held) => Math.Max(held.UntilMs, _floorMs);

    private bool Lost(NaiveHolding held) => held.Version <= _lostUpTo && !held.Repeated;

    private static long Ms(Policy policy) => (long)policy.Ttl.TotalMilliseconds;
}
