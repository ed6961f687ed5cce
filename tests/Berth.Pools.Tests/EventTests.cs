using System.Diagnostics;

namespace Berth.Pools.Tests;

public sealed class EventTests
{
    private static readonly Stamp At = new(1_000_000, 1_800_000_000_000, Who.Nobody);

    private sealed record Invented() : PoolEvent(At);

    private sealed record Whim() : PoolCommand(Who.Nobody);

    /// <summary>Node a holds A, node b holds retired B, C is free; two grants so far.</summary>
    private static TestPool Standing()
    {
        var pool = TestPool.Held("a", "b");
        pool.Remove("B");
        pool.Add(new LicenseGrant(new LicenseId("C"), 1, null));
        return pool;
    }

    public static TheoryData<PoolEvent> Impossible =>
    [
        new Invented(),
        new PoolAdded("cad", At),
        new LicenseAdded(new LicenseId("A"), 1, null, At),
        new LicenseAdded(new LicenseId("B"), 1, null, At),
        new LicenseRemoved(new LicenseId("B"), At),
        new LicenseRemoved(new LicenseId("Z"), At),
        new SeatGranted(new Fingerprint("c"), new LicenseId("A"), 3, 60_000, null, At),
        new SeatGranted(new Fingerprint("c"), new LicenseId("B"), 3, 60_000, null, At),
        new SeatGranted(new Fingerprint("c"), new LicenseId("Z"), 3, 60_000, null, At),
        new SeatGranted(new Fingerprint("a"), new LicenseId("C"), 3, 60_000, null, At),
        new SeatGranted(new Fingerprint("c"), new LicenseId("C"), 2, 60_000, null, At),
        new SeatGranted(new Fingerprint("c"), new LicenseId("C"), 4, 60_000, null, At),
        new SeatReleased(new Fingerprint("c"), new LicenseId("A"), 1, ReleaseCause.Node, At),
        new SeatReleased(new Fingerprint("a"), new LicenseId("A"), 2, ReleaseCause.Node, At),
        new SeatReleased(new Fingerprint("a"), new LicenseId("B"), 1, ReleaseCause.Node, At),
        new ClaimExpired(new Fingerprint("c"), new LicenseId("A"), 1, At),
        new ClaimExpired(new Fingerprint("a"), new LicenseId("A"), 2, At),
    ];

    [Theory]
    [MemberData(nameof(Impossible), DisableDiscoveryEnumeration = true)]
    public void An_impossible_or_unknown_event_throws(PoolEvent happened)
    {
        var pool = Standing();
        Should.Throw<UnreachableException>(() => Pool.Evolve(pool.State, happened));
    }

    [Fact]
    public void The_possible_twin_of_each_event_stands()
    {
        var state = Standing().State;
        Pool.Evolve(state, new SeatGranted(new Fingerprint("c"), new LicenseId("C"), 3, 60_000, null, At));
        Pool.Evolve(state, new SeatReleased(new Fingerprint("a"), new LicenseId("A"), 1, ReleaseCause.Node, At));
        Pool.Evolve(state, new ClaimExpired(new Fingerprint("b"), new LicenseId("B"), 2, At));
        Pool.Evolve(state, new LicenseAdded(new LicenseId("B"), 1, null, At));
        Pool.Evolve(state, new LicenseRemoved(new LicenseId("A"), At));
        state.Claims.Single().Node.Value.ShouldBe("c");
        state.Licenses.Select(license => license.Id.Value).ShouldBe(["C", "B"]);
    }

    [Fact]
    public void An_unknown_command_throws() =>
        Should.Throw<UnreachableException>(() => Standing().Step(new Whim()));

    [Fact]
    public void An_unknown_strategy_throws()
    {
        var pool = TestPool.With(1);
        pool.Policy = Policy.Default with { Strategy = (Strategy)9 };
        Should.Throw<UnreachableException>(() => pool.Claim("a"));
    }

    [Fact]
    public void A_snapshot_whose_claim_lacks_its_license_throws() => Should.Throw<UnreachableException>(() =>
        new PoolState(new PoolName("cad")).Load(
            new ClaimImage(new Fingerprint("a"), new LicenseId("A"), 1, 2, 0, null, null, null)));

    [Fact]
    public void A_snapshot_of_a_license_that_shrank_gives_no_seat_until_enough_are_free()
    {
        var state = new PoolState(new PoolName("cad"));
        state.Load(new LicenseImage(new LicenseId("A"), 1, null, 0, false, 2, 0, 0));
        state.Load(new ClaimImage(new Fingerprint("a"), new LicenseId("A"), 1, 3, 0, null, null, null));
        state.Load(new ClaimImage(new Fingerprint("b"), new LicenseId("A"), 2, 4, 0, null, null, null));
        state.FreeSeatCount.ShouldBe(0);
        state.ClaimCount.ShouldBe(2);
    }

    [Fact]
    public void The_first_change_of_a_pool_adds_it_once()
    {
        var pool = new TestPool();
        pool.Except(heartbeats: false);
        pool.Add(new LicenseGrant(new LicenseId("A"), 1, null));
        pool.Step(new SetClusterPolicy(Policy.Default, Who.Nobody));
        pool.Events.Select(happened => happened.GetType().Name)
            .ShouldBe([nameof(PoolAdded), nameof(PolicyExceptionChanged), nameof(LicenseAdded), nameof(ClusterPolicyChanged)]);
    }

    [Fact]
    public void Decide_alone_changes_nothing()
    {
        var pool = TestPool.Held("a");
        var before = Model.Observed.All(pool.State);
        var events = new List<PoolEvent>();
        foreach (PoolCommand command in (PoolCommand[])
        [
            new ReleaseSeat(TestPool.Node("a"), Who.Nobody), new RemoveLicense(new LicenseId("A"), Who.Nobody),
            new AddLicenses([new LicenseGrant(new LicenseId("B"), 1, null)], Who.Nobody), new ClaimSeat(TestPool.Node("b"), Who.Nobody),
            new AskFreeSeat(), new AskClaim(TestPool.Node("a")), new ExpireEarliest(),
        ])
        {
            Pool.Decide(pool.State, command, pool.Moment, events);
        }

        Model.Observed.All(pool.State).ShouldBe(before);
    }

    [Fact]
    public void Events_carry_the_moment_and_who_asked()
    {
        var pool = TestPool.With(1);
        var ann = new Who("node", "10.0.0.7", "ann", "ws1");
        pool.Step(new ClaimSeat(TestPool.Node("a"), ann, "secret"));
        var granted = pool.Events[^1].ShouldBeOfType<SeatGranted>();
        granted.ShouldBe(new SeatGranted(
            TestPool.Node("a"), new LicenseId("A"), 1, 60_000, "secret", new Stamp(pool.NowMs, pool.WallMs, ann)));
        pool.ClaimOf("a").ClaimKey.ShouldBe("secret");
        pool.ClaimOf("a").Holder.ShouldBe(ann);

        pool.Wait(TestPool.Ttl * 2);
        pool.Expire().ShouldBe(Released.Instance);
        pool.Events[^1].Stamp.ShouldBe(new Stamp(pool.NowMs, pool.WallMs, Who.Member));
    }
}
