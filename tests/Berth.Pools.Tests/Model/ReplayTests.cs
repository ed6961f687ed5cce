namespace Berth.Pools.Tests.Model;

public sealed class ReplayTests
{
    [Theory]
    [InlineData(31ul, 60, 600)]
    [InlineData(32ul, 400, 60)]
    public void Events_alone_make_the_same_state(ulong seed, int length, int runs) => OpGen.Check(OpGen.Run(length), seed, runs, ops =>
    {
        var live = Live(ops);
        var replayed = new PoolState(live.State.Name);
        live.Events.ForEach(happened => Pool.Evolve(replayed, happened));
        replayed.Keep();

        Durable(replayed, live).ShouldRead(Durable(live.State, live), "the replay");
        live.Events.Count.ShouldBe((int)live.State.Version);
        Invariants.Hold(replayed);
        foreach (var claim in replayed.Claims)
        {
            claim.DeadlineMs.ShouldBeLessThanOrEqualTo(live.State.ClaimOf(claim.Node)!.DeadlineMs);
        }
    });

    [Theory]
    [InlineData(41ul, 60, 600)]
    [InlineData(42ul, 400, 60)]
    public void A_captured_and_loaded_pool_is_the_same(ulong seed, int length, int runs) =>
        OpGen.Check(OpGen.Run(length), seed, runs, IsSameLoaded);

    [Fact]
    public void A_loaded_pool_has_nothing_to_undo()
    {
        var pool = TestPool.Held("a", "b");
        pool.Remove("A");
        var loaded = Loaded(pool.State.Capture());
        var before = Observed.All(loaded);
        loaded.Undo();
        Observed.All(loaded).ShouldBe(before);
    }

    [Fact]
    public void A_capture_does_not_change_with_the_pool()
    {
        var pool = TestPool.Held("a", "b");
        var image = pool.State.Capture();
        var expected = Observed.Durable(pool.State);
        pool.Release("a");
        pool.Remove("B");
        pool.Claim("c");
        Observed.Durable(Loaded(image)).ShouldRead(expected, "loading the earlier capture");
    }

    private static void IsSameLoaded(Op[] ops)
    {
        var live = Live(ops);
        var loaded = Loaded(live.State.Capture());

        Durable(loaded, live).ShouldRead(Durable(live.State, live), "the load");
        Invariants.Hold(loaded);
        var hourMs = 3_600_000;
        Pool.Recover(loaded, live.NowMs, live.WallMs, hourMs);
        Pool.Recover(live.State, live.NowMs, live.WallMs, hourMs);
        loaded.EarliestDeadlineMs.ShouldBe(live.State.EarliestDeadlineMs);
        loaded.Claims.ShouldAllBe(claim => loaded.MayHaveLostLicense(claim));

        var on = live.On(loaded);
        on.RunAll(ops.Where(op => op is not (Claims or Sweeps)));
        live.RunAll(ops.Where(op => op is not (Claims or Sweeps)));
        Durable(loaded, on).ShouldRead(Durable(live.State, on), "running on");
    }

    private static OpRunner Live(Op[] ops)
    {
        var live = new OpRunner(new PoolState(new PoolName("replay")), momentsDiffer: false);
        live.RunAll(ops);
        live.State.Keep();
        return live;
    }

    private static PoolState Loaded(PoolImage image)
    {
        var state = new PoolState(new PoolName(image.Header.Name));
        state.Load(image.Header);
        foreach (var license in image.Licenses)
        {
            state.Load(license);
        }

        foreach (var claim in image.Claims)
        {
            state.Load(new ClaimImage(
                claim.Node, claim.License.Id, claim.Number, claim.Version, claim.GrantedWallMs, claim.ClaimKey,
                claim.Holder?.User, claim.Holder?.Host));
        }

        image.CoolDowns.ToList().ForEach(state.LoadCoolDown);
        image.Lapsed.ToList().ForEach(state.LoadLapsed);

        return state;
    }

    private static string Durable(PoolState state, OpRunner runner)
    {
        state.LookAtExpiries(runner.WallMs, runner.Rules.EnforceExpiry);
        return Observed.Durable(state);
    }
}
