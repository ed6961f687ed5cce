using Berth.Pools;
using Berth.Simulation.Checks;
using Berth.Simulation.Kernel;
using Berth.Simulation.Scenarios;

namespace Berth.Simulation.Tests.Scenarios;

/// <summary>The end of a lease, to the tick, and a lease that a frozen member believes it has.</summary>
public sealed class LastMomentTests
{
    private static readonly TimeSpan _tick = new(1);

    [Fact]
    public void A_renewal_is_answered_until_the_last_tick_of_the_lease()
    {
        using var script = Script.Started(2);
        var pool = Pool(script);
        script.CutOff("m1");
        script.RunTo(script.LeaseEnd("m1") - Script.Way - _tick);
        var asked = script.Claim("n1", "m1", pool);
        (asked.Reply is Renewed, asked.Member).ShouldBe((true, "m1"));
    }

    [Fact]
    public void A_renewal_that_comes_as_the_lease_ends_is_not_answered_from_memory()
    {
        using var script = Script.Started(2);
        var pool = Pool(script);
        script.CutOff("m1");
        script.RunTo(script.LeaseEnd("m1") - Script.Way);
        var asked = script.Claim("n1", "m1", pool);
        (asked.Reply, asked.Member).ShouldBe((NotOwner.Instance, null));
        asked.Took.ShouldBeInRange(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2.3));
    }

    [Fact]
    public void A_grant_whose_commit_is_known_in_the_last_tick_of_the_lease_is_told()
    {
        using var script = Script.Started(2);
        var (asked, append, pool) = BeginGrant(script);
        script.RunTo(script.LeaseEnd("m1") - _tick);
        append.Answer();
        script.Wait(asked).Reply.ShouldBeOfType<Granted>();
        script.RunUntil(() => script.OwnerOf(pool) == "m2");
        script.Claim("n1", "m2", pool).Reply.ShouldBeOfType<Renewed>();
    }

    [Fact]
    public void A_grant_whose_commit_is_known_as_the_lease_ends_is_unknown()
    {
        using var script = Script.Started(2);
        var (asked, append, _) = BeginGrant(script);
        script.RunTo(script.LeaseEnd("m1"));
        append.Answer();
        script.Wait(asked).Reply.ShouldBe(Unknown.Instance);
    }

    [Fact]
    public void A_grant_that_is_known_after_the_takeover_is_unknown_and_the_next_answer_brings_the_license()
    {
        using var script = Script.Started(2);
        var (asked, append, pool) = BeginGrant(script);
        script.RunUntil(() => script.OpenAt("m2", pool)?.Epoch == new Epoch(2));
        append.Result.ShouldBe(Berth.Runtime.Journal.AppendResult.Committed);
        append.Answer();
        script.Wait(asked).Reply.ShouldBe(Unknown.Instance);

        var again = script.Claim("n1", "m2", pool);
        again.Reply.ShouldBeOfType<Renewed>().Repeat.ShouldBeTrue();
        again.Epoch.ShouldBe(new Epoch(2));
        script.Claim("n1", "m2", pool).Reply.ShouldBeOfType<Renewed>().Repeat.ShouldBeFalse();
        script.Claim("n2", "m2", pool).Reply.ShouldBe(new NoSeatFree(DenialReason.AllHeld));
    }

    [Fact]
    public void A_thawed_member_that_was_replaced_answers_nothing_from_memory()
    {
        using var script = Script.Started(2);
        var pool = Pool(script);
        var renewal = FreezeInRenewal(script);
        script.RunUntil(() => script.OpenAt("m2", pool)?.Epoch == new Epoch(2));
        var asked = script.BeginClaim("n1", "m1", pool);
        var other = script.BeginClaim("n2", "m1", pool);
        script.Run(TimeSpan.FromSeconds(1));
        var thawed = script.Now;
        renewal.Answer();
        script["m1"].GoOn();
        script.Wait(asked).Member.ShouldNotBe("m1");
        script.Wait(other).Member.ShouldNotBe("m1");
        script.Given.Of("m1", pool, new Epoch(1)).ShouldAllBe(answer => answer.At < thawed || !LeaseKept.NeedsLease(answer.Reply));
        script.RunUntil(() => script.RowOf("m1").Crashes == 1 && script["m1"].Running!.IsReady);
        var after = script.Claim("n1", "m1", pool);
        (after.Reply is Renewed, after.Member).ShouldBe((true, "m2"));
    }

    [Fact]
    public void A_thawed_member_that_nobody_replaced_answers_once_a_renewal_sent_since_says_so()
    {
        using var script = Script.Started(1);
        var pool = Pool(script);
        var renewal = FreezeInRenewal(script);
        script.Run(TimeSpan.FromSeconds(2));
        var next = script.Keep("m1", operation => operation is RenewLease, most: 1);
        renewal.Answer();
        script["m1"].GoOn();
        script.Run(Script.Way);
        renewal.IsAnswered.ShouldBeTrue();

        var asked = script.BeginClaim("n1", "m1", pool);
        script.RunUntil(() => next.Any);
        script.Run(TimeSpan.FromMilliseconds(200));
        asked.IsOver.ShouldBeFalse();
        next.First.TakeEffect();
        next.First.Answer();
        script.Wait(asked);
        (asked.Reply is Renewed, asked.Member, asked.Epoch).ShouldBe((true, "m1", new Epoch(1)));
    }

    private static PoolName Pool(Script script)
    {
        var pool = script.PoolAt("m1", seats: 1);
        script.Claim("n1", "m1", pool).Reply.ShouldBeOfType<Granted>();
        return pool;
    }

    /// <summary>A grant of m1 is committed, nobody was told, and m1 has lost the store.</summary>
    private static (Asked Asked, StoreCall Append, PoolName Pool) BeginGrant(Script script)
    {
        var pool = script.PoolAt("m1", seats: 1);
        var appends = script.Keep("m1", operation => operation is AppendBatch append && append.Pool == pool, most: 1);
        var asked = script.BeginClaim("n1", "m1", pool);
        script.RunUntil(() => appends.Any);
        appends.First.TakeEffect();
        script.CutOff("m1");
        return (asked, appends.First, pool);
    }

    /// <summary>A renewal of m1 is done, and m1 freezes before it hears of it.</summary>
    private static StoreCall FreezeInRenewal(Script script)
    {
        var renewals = script.Keep("m1", operation => operation is RenewLease, most: 1);
        script.RunUntil(() => renewals.Any);
        renewals.First.TakeEffect();
        script["m1"].Freeze();
        return renewals.First;
    }
}
