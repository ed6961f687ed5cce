using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Simulation.Checks;
using Berth.Simulation.Kernel;
using Berth.Simulation.Scenarios;

namespace Berth.Simulation.Tests.Scenarios;

/// <summary>A shard is handed on as planned, from m1 to the newcomer m3, and the store is slow to say what came of it.</summary>
public sealed class TransferTests : IDisposable
{
    private readonly Script _script = Script.Started(3, started: 2);
    private readonly PoolName _pool;

    public TransferTests()
    {
        _pool = _script.PoolAt("m1", seats: 1, IsForThird);
        _script.Claim("n1", "m1", _pool).Reply.ShouldBeOfType<Granted>();
    }

    public void Dispose() => _script.Dispose();

    [Fact]
    public void A_transfer_that_was_done_without_an_answer_is_known_once_it_is_repeated()
    {
        var sent = SendTransfer(most: 1);
        sent.First.TakeEffect();
        var asked = _script.Claim("n1", "m1", _pool);
        (asked.Reply is Renewed, asked.Member, asked.Epoch).ShouldBe((true, "m3", new Epoch(2)));
        _script.RunUntil(() => _script.Lines.Any(line => line.EndsWith($"shards.moved: shard {Shards.Of(_pool)} to m3", StringComparison.Ordinal)));
        ExpectSilence(sent);
    }

    [Fact]
    public void A_transfer_that_was_lost_is_repeated_and_nobody_answers_meanwhile()
    {
        var sent = SendTransfer(most: 1);
        sent.First.IsDropped = true;
        var asked = _script.Claim("n1", "m1", _pool);
        (asked.Reply is Renewed, asked.Member, asked.Epoch).ShouldBe((true, "m3", new Epoch(2)));
        asked.Took.ShouldBeInRange(TimeSpan.FromSeconds(1.25), TimeSpan.FromSeconds(1.6));
        ExpectSilence(sent);
    }

    [Fact]
    public void As_long_as_the_outcome_is_not_known_the_old_owner_asks_and_stays_silent()
    {
        var sent = SendTransfer(most: int.MaxValue);
        for (var i = 0; i < 5; i++)
        {
            var asked = _script.Claim("n1", "m1", _pool);
            (asked.Reply, asked.Member).ShouldBe((NotOwner.Instance, null));
        }

        sent.Calls.Count.ShouldBeInRange(7, 9);
        _script.OwnerOf(_pool).ShouldBe("m1");
        sent.IsOver = true;
        _script.RunUntil(() => _script.OwnerOf(_pool) == "m3");
        _script.Claim("n1", "m1", _pool).Member.ShouldBe("m3");
        ExpectSilence(sent);
    }

    [Fact]
    public void A_transfer_that_lands_after_its_repetition_changes_nothing()
    {
        var sent = SendTransfer(most: 1);
        _script.RunUntil(() => _script.OwnerOf(_pool) == "m3");
        _script.Claim("n1", "m3", _pool).Member.ShouldBe("m3");
        var before = _script.ShardOf(_pool);
        sent.First.TakeEffect();
        sent.First.Result.ShouldBe(TransferOutcome.Moved);
        _script.ShardOf(_pool).ShouldBe(before);
        _script.Run(TimeSpan.FromSeconds(2));
        _script.Claim("n1", "m1", _pool).Epoch.ShouldBe(new Epoch(2));
        ExpectSilence(sent);
    }

    [Fact]
    public void A_transfer_that_lands_after_another_change_of_owner_is_refused()
    {
        var sent = SendTransfer(most: 1);
        _script.RunUntil(() => _script.OwnerOf(_pool) == "m3");
        _script["m3"].Crash(KillKind.Power);
        _script.RunUntil(() => _script.ShardOf(_pool).Epoch == new Epoch(3));
        var before = _script.ShardOf(_pool);
        sent.First.TakeEffect();
        sent.First.Result.ShouldBe(TransferOutcome.NotOwned);
        _script.ShardOf(_pool).ShouldBe(before);
        _script.Run(TimeSpan.FromSeconds(2));
        _script.Claim("n1", "m2", _pool).Epoch.ShouldBe(new Epoch(3));
        ExpectSilence(sent);
    }

    [Fact]
    public void A_renewal_that_crosses_a_transfer_is_believed_for_all_but_what_was_given_up()
    {
        var staying = _script.PoolAt("m1", seats: 1, name => !IsForThird(name));
        var wasSent = false;
        var renewals = _script.Keep("m1", operation =>
        {
            wasSent |= operation is TransferShard transfer && transfer.Shard.Shard == Shards.Of(_pool);
            return operation is RenewLease;
        });
        _script["m3"].Start();
        for (var i = 0; !wasSent; i++)
        {
            // Each renewal is done at once, and its answer takes half a second.
            _script.RunUntil(() => renewals.Calls.Count > i);
            renewals.Calls[i].TakeEffect();
            _script.Run(TimeSpan.FromSeconds(0.5));
            if (!wasSent)
            {
                renewals.Calls[i].Answer();
            }
        }

        var crossed = renewals.Calls[^1];
        crossed.IsAnswered.ShouldBeFalse();
        ((RenewResult)crossed.Result!).Owned.ShouldContain(pair => pair.Shard == Shards.Of(_pool) && pair.Epoch == new Epoch(1));
        _script.OwnerOf(_pool).ShouldBe("m3");
        var end = _script.LeaseEnd("m1");
        crossed.Answer();
        renewals.IsOver = true;
        _script.Run(Script.Way);
        _script.LeaseEnd("m1").ShouldBeGreaterThan(end);
        _script.Claim("n1", "m1", _pool).Member.ShouldBe("m3");
        _script.Claim("n2", "m1", staying).Member.ShouldBe("m1");
    }

    private static bool IsForThird(PoolName pool)
    {
        var shard = Shards.Of(pool);
        var third = Assignment.WeightOf(shard, "m3");
        return third > Assignment.WeightOf(shard, "m1") && third > Assignment.WeightOf(shard, "m2");
    }

    /// <summary>The newcomer comes, and after a while m1 sends it the shard.</summary>
    private KeptCalls SendTransfer(int most)
    {
        var sent = _script.Keep(
            "m1", operation => operation is TransferShard transfer && transfer.Shard.Shard == Shards.Of(_pool), most);
        _script["m3"].Start();
        _script.RunUntil(() => sent.Any);
        return sent;
    }

    private void ExpectSilence(KeptCalls sent) => _script.Given.Of("m1", _pool, new Epoch(1))
        .ShouldAllBe(answer => answer.At <= sent.First.MadeAt || !LeaseKept.NeedsLease(answer.Reply));
}
