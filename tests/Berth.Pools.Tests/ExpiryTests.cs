namespace Berth.Pools.Tests;

public sealed class ExpiryTests
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Kept = TestPool.Ttl + TimeSpan.FromSeconds(2);

    [Fact]
    public void A_claim_is_kept_two_seconds_longer_than_told()
    {
        var pool = TestPool.Held("a");
        pool.LeftMs("a").ShouldBe(62_000);
        pool.State.EarliestDeadlineMs.ShouldBe(pool.NowMs + 62_000);
        pool.Wait(Kept - Millisecond);
        pool.Claim("b").ShouldBeOfType<NoSeatFree>();
        pool.Expire().ShouldBe(NotHeld.Instance);
        pool.Wait(Millisecond);
        pool.Expire().ShouldBe(Released.Instance);
        pool.Holds("a").ShouldBeFalse();
    }

    [Fact]
    public void Claim_after_expiry_takes_the_freed_seat()
    {
        var pool = TestPool.Held("a");
        pool.Wait(Kept);
        pool.Claim("b").ShouldBe(new Granted(new LicenseId("A"), 60_000, 2));
        pool.Holds("a").ShouldBeFalse();
        pool.Count<ClaimExpired>().ShouldBe(1);
        pool.Claim("a").ShouldBe(new NoSeatFree(DenialReason.AllHeld));
    }

    [Fact]
    public void A_claim_past_its_deadline_is_renewed_by_its_own_heartbeat()
    {
        var pool = TestPool.Held("a");
        pool.Wait(TestPool.Ttl * 100);
        pool.Claim("a").ShouldBe(new Renewed(new LicenseId("A"), 60_000, Repeat: false));
        pool.LeftMs("a").ShouldBe(62_000);
        pool.Claim("b").ShouldBeOfType<NoSeatFree>();
    }

    [Fact]
    public void A_claim_past_its_deadline_stands_while_another_seat_is_free()
    {
        var pool = TestPool.With(1, 1);
        pool.Claim("a");
        pool.Wait(Kept);
        pool.Claim("b").ShouldBe(new Granted(new LicenseId("B"), 60_000, 2));
        pool.Holds("a").ShouldBeTrue();
        pool.Claim("c").ShouldBe(new Granted(new LicenseId("A"), 60_000, 3));
    }

    [Fact]
    public void Only_as_many_claims_expire_as_are_wanted_the_earliest_first()
    {
        var pool = TestPool.With(3);
        foreach (var node in (string[])["c", "a", "b"])
        {
            pool.Claim(node);
            pool.Wait(Millisecond);
        }

        pool.Wait(Kept);
        pool.Claim("d").ShouldBeOfType<Granted>();
        (pool.Holds("a"), pool.Holds("b"), pool.Holds("c")).ShouldBe((true, true, false));
    }

    [Fact]
    public void The_sweep_ends_due_claims_one_by_one_in_order_of_deadline()
    {
        var pool = TestPool.With(3);
        pool.Claim("a");
        pool.Wait(Millisecond);
        pool.Claim("b");
        pool.Wait(Millisecond);
        pool.Claim("a");
        pool.Wait(Kept - Millisecond);
        pool.Expire().ShouldBe(Released.Instance);
        pool.Expire().ShouldBe(NotHeld.Instance);
        (pool.Holds("a"), pool.Holds("b")).ShouldBe((true, false));
        pool.State.EarliestDeadlineMs.ShouldBe(pool.NowMs + 1);
    }

    [Fact]
    public void A_renewal_never_shortens_a_deadline()
    {
        var pool = TestPool.With(1);
        pool.Policy = Policy.Default with { Ttl = TimeSpan.FromSeconds(600) };
        pool.Claim("a");
        pool.Policy = Policy.Default;
        pool.Claim("a").ShouldBe(new Renewed(new LicenseId("A"), 60_000, Repeat: false));
        pool.LeftMs("a").ShouldBe(602_000);
        pool.Wait(TimeSpan.FromSeconds(590));
        pool.Claim("a");
        pool.LeftMs("a").ShouldBe(62_000);
    }

    [Fact]
    public void What_an_answer_promises_is_kept_from_when_it_goes_out()
    {
        var pool = TestPool.Held("a");
        Pool.Answered(pool.State, TestPool.Node("a"), 60_000, pool.NowMs + 500);
        pool.LeftMs("a").ShouldBe(62_500);
        Pool.Answered(pool.State, TestPool.Node("a"), 30_000, pool.NowMs + 500);
        pool.LeftMs("a").ShouldBe(62_500);
        Pool.Answered(pool.State, TestPool.Node("gone"), 60_000, pool.NowMs);
    }

    [Fact]
    public void An_empty_pool_has_nothing_to_expire()
    {
        var pool = TestPool.With(1);
        pool.State.EarliestDeadlineMs.ShouldBeNull();
        pool.Expire().ShouldBe(NotHeld.Instance);
    }

    [Fact]
    public void One_command_expires_at_most_256_claims_on_the_way()
    {
        var pool = TestPool.With(300, 1);
        foreach (var n in Enumerable.Range(0, 300))
        {
            pool.Claim($"n{n}");
        }

        pool.Wait(Millisecond);
        pool.Claim("last");
        pool.Remove("A");
        pool.Wait(Kept);
        pool.Claim("x").ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        pool.Count<ClaimExpired>().ShouldBe(256);
        pool.Claim("x").ShouldBe(new Granted(new LicenseId("B"), 60_000, 302));
        pool.Count<ClaimExpired>().ShouldBe(301);
    }
}
