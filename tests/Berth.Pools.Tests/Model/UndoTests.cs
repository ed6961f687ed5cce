namespace Berth.Pools.Tests.Model;

public sealed class UndoTests
{
    private const int Prefix = 40;
    private const int Suffix = 25;

    [Theory]
    [InlineData(11ul, 1, 600)]
    [InlineData(12ul, 6, 800)]
    [InlineData(13ul, 40, 300)]
    public void Undo_takes_back_a_batch_in_every_respect(ulong seed, int batch, int runs) =>
        Check(seed, batch, runs, (live, ops) =>
        {
            var before = Look(live);
            var raised = DeadlinesOf(live.State);
            foreach (var op in ops)
            {
                live.Run(op);
                foreach (var (number, deadline) in DeadlinesOf(live.State))
                {
                    raised[number] = raised.TryGetValue(number, out var known) ? Math.Max(known, deadline) : deadline;
                }
            }

            live.State.Undo();

            Look(live).ShouldRead(before, "the undo");
            Invariants.Hold(live.State);
            foreach (var (number, deadline) in DeadlinesOf(live.State))
            {
                deadline.ShouldBe(raised[number], $"grant {number}: a renewal that was answered from memory stays");
            }
        });

    [Theory]
    [InlineData(21ul, 5, 600)]
    [InlineData(22ul, 30, 300)]
    public void An_undone_pool_goes_on_like_one_that_never_saw_the_batch(ulong seed, int batch, int runs) =>
        OpGen.Check(OpGen.Run(Prefix + batch + Suffix), seed, runs, all =>
        {
            var (live, ops) = Begin(all, batch);
            var kept = live.History.ToList();
            live.RunAll(ops);
            live.State.Undo();
            var undone = live.On(live.State);
            var fresh = live.On(Replayed(kept));
            foreach (var claim in undone.State.Claims)
            {
                fresh.State.Extend(fresh.State.ClaimOf(claim.Node).ShouldNotBeNull(), claim.DeadlineMs);
            }

            Observe(fresh).ShouldRead(Observe(undone), "the undo");
            foreach (var op in all.Skip(Prefix + batch))
            {
                undone.Run(op);
                fresh.Run(op);
                fresh.Reply.ShouldAnswer(undone.Reply, op);
                Observe(fresh).ShouldRead(Observe(undone), op);
            }

            fresh.Events.ShouldBe(undone.Events);
        });

    [Fact]
    public void Undo_twice_and_undo_of_nothing_change_nothing()
    {
        var pool = TestPool.Held("a", "b");
        var before = Observed.All(pool.State);
        pool.State.Undo();
        Observed.All(pool.State).ShouldBe(before);

        Pool.Step(pool.State, new ReleaseSeat(TestPool.Node("a"), Who.Nobody), pool.Moment, []);
        pool.State.Undo();
        pool.State.Undo();
        Observed.All(pool.State).ShouldBe(before);
    }

    [Fact]
    public void Keep_makes_what_was_before_it_stand()
    {
        var pool = TestPool.Held("a");
        Pool.Step(pool.State, new ReleaseSeat(TestPool.Node("a"), Who.Nobody), pool.Moment, []);
        pool.State.Keep();
        pool.State.Undo();
        pool.Holds("a").ShouldBeFalse();
    }

    private static void Check(ulong seed, int batch, int runs, Action<OpRunner, Op[]> holds) =>
        OpGen.Check(OpGen.Run(Prefix + batch), seed, runs, all =>
        {
            var (live, ops) = Begin(all, batch);
            holds(live, ops);
        });

    /// <summary>A pool after the first ops, kept, and the ops of its batch.</summary>
    private static (OpRunner Live, Op[] Batch) Begin(Op[] all, int batch)
    {
        var live = new OpRunner(new PoolState(new PoolName("undo")), momentsDiffer: true);
        live.RunAll(all.Take(Prefix));
        live.State.Keep();
        return (live, [.. all.Skip(Prefix).Take(batch).Where(op => op is not (Recovers or LosesAnswers or Repeats or Answers))]);
    }

    private static PoolState Replayed(List<Action<PoolState>> kept)
    {
        var state = new PoolState(new PoolName("undo"));
        kept.ForEach(happening => happening(state));
        state.Keep();
        return state;
    }

    /// <summary>What a batch changes but renewals: they are memory, and stay.</summary>
    private static string Look(OpRunner runner)
    {
        runner.State.LookAtExpiries(1_800_000_050_000, enforce: true);
        return Observed.Durable(runner.State)
            + string.Join(' ', runner.State.Claims.OrderBy(c => c.Number).Select(runner.State.MayHaveLostLicense));
    }

    private static string Observe(OpRunner runner)
    {
        runner.State.LookAtExpiries(runner.WallMs, runner.Rules.EnforceExpiry);
        return Observed.All(runner.State);
    }

    private static Dictionary<long, long> DeadlinesOf(PoolState state) =>
        state.Claims.ToDictionary(claim => claim.Number, claim => claim.DeadlineMs);
}
