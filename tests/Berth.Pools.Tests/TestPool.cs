namespace Berth.Pools.Tests;

/// <summary>A pool with a clock in the test's hand. Every step is kept at once, as by a journal that never fails.</summary>
internal sealed class TestPool
{
    public static readonly TimeSpan Ttl = Policy.Default.Ttl;

    public PoolState State { get; private init; } = new(new PoolName("cad"));

    /// <summary>Every event so far.</summary>
    public List<PoolEvent> Events { get; } = [];

    public long NowMs { get; set; } = 1_000_000;

    public long WallMs { get; set; } = 1_800_000_000_000;

    public ulong Random { get; set; }

    public PoolRules Rules { get; set; } = PoolRules.Default;

    public Policy Policy
    {
        get => Rules.ClusterPolicy;
        set => Rules = Rules with { ClusterPolicy = value };
    }

    public Moment Moment => new(NowMs, WallMs, Random, Rules);

    /// <summary>A pool with the licenses A, B, C and so on, each with so many seats.</summary>
    public static TestPool With(params int[] seats)
    {
        var pool = new TestPool();
        pool.Add([.. seats.Select((count, at) => new LicenseGrant(Letter(at), count, null))]).ShouldBe(Changed.Instance);
        return pool;
    }

    /// <summary>A pool with so many licenses of one seat each, where one node after the other has claimed.</summary>
    public static TestPool Held(params string[] nodes)
    {
        var pool = With([.. nodes.Select(_ => 1)]);
        foreach (var node in nodes)
        {
            pool.Claim(node).ShouldBeOfType<Granted>();
        }

        return pool;
    }

    public static LicenseId Letter(int at) => new(((char)('A' + at)).ToString());

    public static Fingerprint Node(string node) => new(node);

    public PoolReply Step(PoolCommand command)
    {
        var reply = Pool.Step(State, command, Moment, Events);
        State.Keep();
        return reply;
    }

    public PoolReply Claim(string node) => Step(new ClaimSeat(Node(node), Who.Nobody));

    public PoolReply Release(string node) => Step(new ReleaseSeat(Node(node), Who.Nobody));

    public PoolReply Expire() => Step(new ExpireEarliest());

    public PoolReply Add(params LicenseGrant[] licenses) => Step(new AddLicenses(licenses, Who.Nobody));

    public PoolReply Remove(string license) => Step(new RemoveLicense(new LicenseId(license), Who.Nobody));

    public PoolReply Except(TimeSpan? ttl = null, Strategy? strategy = null, bool? heartbeats = null) =>
        Step(new SetPolicyException(new PolicyException(ttl, strategy, heartbeats), Who.Nobody));

    public void Wait(TimeSpan time)
    {
        NowMs += (long)time.TotalMilliseconds;
        WallMs += (long)time.TotalMilliseconds;
    }

    public void Recover(long formerLeaseMs = 3_000) => Pool.Recover(State, NowMs, WallMs, formerLeaseMs);

    public Claim ClaimOf(string node) => State.ClaimOf(Node(node)).ShouldNotBeNull();

    public bool Holds(string node) => State.ClaimOf(Node(node)) is not null;

    /// <summary>How long from now the claim still stands.</summary>
    public long LeftMs(string node) => State.DeadlineOf(ClaimOf(node)) - NowMs;

    /// <summary>The license a node holds.</summary>
    public string LicenseOf(string node) => ClaimOf(node).License.Id.Value;

    /// <summary>How often an event of this kind happened.</summary>
    public int Count<T>() => Events.OfType<T>().Count();

    /// <summary>The same pool as its events alone say it, as after a start.</summary>
    public TestPool Reopened()
    {
        var state = new PoolState(State.Name);
        foreach (var happened in Events)
        {
            Pool.Evolve(state, happened);
        }

        state.Keep();
        var pool = new TestPool { State = state, NowMs = NowMs, WallMs = WallMs, Rules = Rules };
        pool.Events.AddRange(Events);
        pool.Recover();
        return pool;
    }
}
