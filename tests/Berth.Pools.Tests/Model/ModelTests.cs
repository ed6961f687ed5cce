namespace Berth.Pools.Tests.Model;

public sealed class ModelTests
{
    [Theory]
    [InlineData(1ul, 30, 1_500)]
    [InlineData(2ul, 120, 600)]
    [InlineData(3ul, 400, 100)]
    public void Pool_does_what_the_naive_pool_does(ulong seed, int length, int runs) =>
        OpGen.Check(OpGen.Run(length), seed, runs, ops =>
        {
            var runner = new OpRunner(new PoolState(new PoolName("model")), momentsDiffer: false);
            var naive = new NaivePool();
            foreach (var op in ops)
            {
                var first = runner.Events.Count;
                var moment = runner.MomentFor(op);
                runner.Run(op);
                runner.State.Keep();
                if (runner.Command is { } command)
                {
                    var reply = naive.Step(command, moment, runner.Events.Skip(first));
                    runner.Reply.ShouldAnswer(reply, op);
                }
                else
                {
                    naive.Befall(op, runner);
                }

                runner.State.LookAtExpiries(runner.WallMs, runner.Rules.EnforceExpiry);
                Observed.All(runner.State).ShouldRead(naive.Observe(runner.WallMs, runner.Rules.EnforceExpiry), op);
                Invariants.Hold(runner.State);
            }
        });
}
