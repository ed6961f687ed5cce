namespace Berth.Pools.Tests.Model;

/// <summary>
/// Runs ops against a pool and keeps what happened. The clock is a multiple of 8 ms and the ttls differ modulo 8, so
/// deadlines are equal only where two claims are decided at one moment.
/// </summary>
internal sealed class OpRunner(PoolState state, bool momentsDiffer)
{
    private static readonly long[] TtlsMs = [30_000, 60_001, 600_002];
    private int _added;

    public PoolState State { get; private set; } = state;

    public long NowMs { get; private set; } = 8_000;

    public long WallMs { get; private set; } = 1_800_000_000_000;

    public PoolRules Rules { get; private set; } = PoolRules.Default;

    /// <summary>Events and what recovery did, in order: enough to make the state again, deadlines aside.</summary>
    public List<Action<PoolState>> History { get; } = [];

    public List<PoolEvent> Events { get; } = [];

    /// <summary>The reply of the last op, null if it asked nothing.</summary>
    public PoolReply? Reply { get; private set; }

    /// <summary>The command of the last op, null if it was none.</summary>
    public PoolCommand? Command { get; private set; }

    public static Fingerprint NodeOf(int node) => new($"n{node}");

    /// <summary>A runner at the same moment with another state.</summary>
    public OpRunner On(PoolState other) => new(other, momentsDiffer)
    {
        NowMs = NowMs,
        WallMs = WallMs,
        Rules = Rules,
        _added = _added,
    };

    public Moment MomentFor(Op op) => new(NowMs, WallMs, op is Claims { Random: var random } ? random : 0, Rules);

    public void RunAll(IEnumerable<Op> ops)
    {
        foreach (var op in ops)
        {
            Run(op);
        }
    }

    public void Run(Op op)
    {
        NowMs += momentsDiffer ? 8 : 0;
        Reply = null;
        Command = CommandOf(op);
        if (Command is not null)
        {
            var first = Events.Count;
            Reply = Pool.Step(State, Command, MomentFor(op), Events);
            foreach (var happened in Events.Skip(first))
            {
                History.Add(s => Pool.Evolve(s, happened));
            }

            return;
        }

        Befall(op);
    }

    private void Befall(Op op)
    {
        switch (op)
        {
            case Rules r:
                Rules = new PoolRules(new Policy(TtlOf(r.Ttl), r.Strategy, r.Heartbeats), r.EnforceExpiry, r.IgnoreExceptions);
                break;
            case Waits waits:
                NowMs += waits.Ticks * 8;
                WallMs += waits.Ticks * 8;
                break;
            case StepsWall steps:
                WallMs += steps.Seconds * 1_000;
                break;
            case Recovers recovers:
                var (now, wall) = (NowMs, WallMs);
                Remember(s => Pool.Recover(s, now, wall, recovers.FormerLeaseMs));
                break;
            case LosesAnswers:
                Remember(s => s.RepeatLicenses());
                break;
            case Answers answers:
                Pool.Answered(State, NodeOf(answers.Node), State.Adopted?.TtlMs ?? 0, NowMs);
                break;
            case Repeats repeats:
                Remember(s => MarkRepeated(s, NodeOf(repeats.Node)));
                break;
            default:
                throw new InvalidOperationException($"No such op: {op}.");
        }
    }

    private static void MarkRepeated(PoolState state, Fingerprint node)
    {
        if (state.ClaimOf(node) is { } claim && state.MayHaveLostLicense(claim))
        {
            PoolState.MarkRepeated(claim);
        }
    }

    private void Remember(Action<PoolState> happening)
    {
        happening(State);
        History.Add(happening);
    }

    private PoolCommand? CommandOf(Op op) => op switch
    {
        Claims c => new ClaimSeat(NodeOf(c.Node), WhoIs(c.Node), c.Node % 2 == 0 ? null : KeyOf(c)),
        Takes t => new TakeSeat(NodeOf(t.Node), "because", t.CoolDownTicks * 8, Who.Nobody),
        Changes c => new ChangeLicense(new(LicenseOf(c.License), c.Seats, WallMs + (c.ExpiresInS * 1_000L)), Who.Nobody),
        Imports i => new ImportLicenses(
            [new(new(Next(), 1, null), WallMs - 5_000, i.Claims, 7_000, 8_000, i.Holder is { } node ? NodeOf(node) : null)], Who.Nobody),
        Releases r => new ReleaseSeat(NodeOf(r.Node), Who.Nobody, r.ByAnother ? "another" : r.Node % 4 == 3 ? $"key{r.Node}" : null),
        Sweeps => new ExpireEarliest(),
        AsksForSeat => new AskFreeSeat(),
        AsksForClaim a => new AskClaim(NodeOf(a.Node)),
        Adds a => new AddLicenses([new(Next(), a.Seats, WallMs + (a.ExpiresInS * 1_000L))], Who.Nobody),
        AddsAgain a => new AddLicenses([new(Next(), 1, null), new(LicenseOf(a.License), 1, null)], Who.Nobody),
        Removes r => new RemoveLicense(LicenseOf(r.License), Who.Nobody),
        Excepts e => new SetPolicyException(
            new PolicyException(e.Ttl is { } ttl ? TtlOf(ttl) : null, e.Strategy, e.Heartbeats), Who.Nobody),
        Records r => new SetClusterPolicy(Policy.Default with { Ttl = TtlOf(r.Ttl) }, Who.Nobody),
        _ => null,
    };

    /// <summary>Mostly the node's own, sometimes another, sometimes none.</summary>
    private static string? KeyOf(Claims c) => (c.Random % 8) switch { 0 => null, 1 => "another", _ => $"key{c.Node}" };

    private static TimeSpan TtlOf(int ttl) => TimeSpan.FromMilliseconds(TtlsMs[ttl]);

    private static Who WhoIs(int node) => node % 3 == 0 ? Who.Nobody : new Who("node", "10.0.0.1", node % 3 == 1 ? "ann" : null, "ws");

    private static LicenseId LicenseOf(int license) => new($"L{license}");

    private LicenseId Next() => LicenseOf(_added++);
}
