namespace Berth.Pools.Tests;

public sealed class HeartbeatsTests
{
    private static readonly Policy On = Policy.Default;
    private static readonly Policy Off = Policy.Default with { Heartbeats = false };

    private static TestPool HeldWithout(params string[] nodes)
    {
        var pool = TestPool.With([.. nodes.Select(_ => 1)]);
        pool.Policy = Off;
        foreach (var node in nodes)
        {
            pool.Claim(node).ShouldBeOfType<Granted>();
        }

        return pool;
    }

    [Fact]
    public void Without_heartbeats_a_second_claim_is_already_held()
    {
        var pool = HeldWithout("a");
        pool.Claim("a").ShouldBe(AlreadyHeld.Instance);
        pool.Claim("b").ShouldBe(new NoSeatFree(DenialReason.AllHeld));
    }

    [Fact]
    public void Without_heartbeats_nothing_expires()
    {
        var pool = HeldWithout("a");
        pool.Wait(TimeSpan.FromDays(3_000));
        pool.State.EarliestDeadlineMs.ShouldBeNull();
        pool.Expire().ShouldBe(NotHeld.Instance);
        pool.Claim("b").ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        pool.Step(new AskFreeSeat()).ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        pool.Release("a").ShouldBe(Released.Instance);
        pool.Claim("b").ShouldBeOfType<Granted>();
    }

    [Fact]
    public void Without_heartbeats_a_recovered_claim_is_granted_again_until_its_license_went_out()
    {
        var pool = HeldWithout("a").Reopened();
        pool.Claim("a").ShouldBe(new Granted(new LicenseId("A"), 60_000, 1));
        pool.Claim("a").ShouldBe(new Granted(new LicenseId("A"), 60_000, 1), "nobody said that the license went out");
        pool.Count<SeatGranted>().ShouldBe(1);
        PoolState.MarkRepeated(pool.ClaimOf("a"));
        pool.Claim("a").ShouldBe(AlreadyHeld.Instance);
    }

    [Fact]
    public void Turning_heartbeats_on_gives_every_claim_a_full_ttl()
    {
        var pool = HeldWithout("a", "b");
        pool.Wait(TimeSpan.FromDays(1));
        pool.Policy = On;
        pool.Claim("a").ShouldBeOfType<Renewed>();
        (pool.LeftMs("a"), pool.LeftMs("b")).ShouldBe((62_000, 62_000));
        pool.Wait(TimeSpan.FromMilliseconds(61_999));
        pool.Claim("c").ShouldBeOfType<NoSeatFree>();
        pool.Wait(TimeSpan.FromMilliseconds(1));
        pool.Claim("c").ShouldBeOfType<Granted>();
    }

    [Fact]
    public void Turning_heartbeats_on_gives_the_longest_ttl_that_was_told()
    {
        var pool = TestPool.With(1);
        pool.Policy = Off with { Ttl = TimeSpan.FromSeconds(600) };
        pool.Claim("a");
        pool.Wait(TimeSpan.FromDays(1));
        pool.Policy = On;
        pool.Claim("a");
        pool.LeftMs("a").ShouldBe(602_000);
    }

    [Fact]
    public void Turning_heartbeats_on_frees_the_seats_of_the_silent_though_nobody_holds_that_speaks()
    {
        var pool = HeldWithout("dead");
        pool.Wait(TimeSpan.FromDays(1));
        pool.Policy = On;
        pool.Claim("b").ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        pool.Claim("b").ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        pool.Count<PolicyAdopted>().ShouldBe(2, "once off, once on, however many are denied");
        pool.LeftMs("dead").ShouldBe(62_000);
        pool.Wait(TimeSpan.FromSeconds(62));
        pool.Claim("b").ShouldBeOfType<Granted>();
    }

    [Fact]
    public void The_sweep_begins_heartbeats_with_a_full_ttl()
    {
        var pool = HeldWithout("dead");
        pool.Wait(TimeSpan.FromDays(1));
        pool.Policy = On;
        pool.Expire().ShouldBe(NotHeld.Instance);
        pool.State.EarliestDeadlineMs.ShouldBe(pool.NowMs + 62_000);
        pool.Wait(TimeSpan.FromSeconds(62));
        pool.Expire().ShouldBe(Released.Instance);
    }

    [Fact]
    public void Turning_heartbeats_off_ends_no_claim_that_was_told_it_is_held_already()
    {
        var pool = TestPool.Held("a");
        pool.Policy = Off;
        pool.Claim("a").ShouldBe(AlreadyHeld.Instance);
        pool.State.Adopted.ShouldBe(Off);
        pool.Wait(TimeSpan.FromDays(1));
        pool.Expire().ShouldBe(NotHeld.Instance);
        pool.Claim("b").ShouldBeOfType<NoSeatFree>();
        pool.Holds("a").ShouldBeTrue();
    }

    [Fact]
    public void Turning_heartbeats_off_ends_no_claim_though_nobody_was_answered_since()
    {
        var pool = TestPool.Held("a", "b");
        pool.Policy = Off;
        pool.Wait(TimeSpan.FromDays(1));
        pool.Step(new AskFreeSeat()).ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        pool.Expire().ShouldBe(NotHeld.Instance);
        pool.Claim("c").ShouldBeOfType<NoSeatFree>();
        pool.State.ClaimCount.ShouldBe(2);
        pool.State.EarliestDeadlineMs.ShouldBeNull();
    }

    [Fact]
    public void The_sweep_of_an_empty_pool_records_nothing()
    {
        var pool = TestPool.Held("a");
        pool.Release("a");
        pool.Policy = Off;
        var version = pool.State.Version;
        pool.Expire().ShouldBe(NotHeld.Instance);
        pool.State.Version.ShouldBe(version);
    }
}
