namespace Berth.Pools.Tests;

public sealed class RecoveryTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(600);

    [Fact]
    public void A_recovered_claim_has_a_full_ttl_and_the_former_lease()
    {
        var pool = TestPool.Held("a");
        pool.Wait(TimeSpan.FromDays(1));
        var reopened = pool.Reopened();
        reopened.LeftMs("a").ShouldBe(60_000 + 3_000 + 2_000);
        reopened.State.EarliestDeadlineMs.ShouldBe(reopened.NowMs + 65_000);
        reopened.Wait(TimeSpan.FromMilliseconds(64_999));
        reopened.Claim("b").ShouldBeOfType<NoSeatFree>();
        reopened.Wait(TimeSpan.FromMilliseconds(1));
        reopened.Claim("b").ShouldBeOfType<Granted>();
    }

    [Fact]
    public void The_longest_ttl_told_counts_at_recovery()
    {
        var pool = TestPool.With(2);
        pool.Policy = Policy.Default with { Ttl = Long };
        pool.Claim("a");
        pool.Policy = Policy.Default;
        pool.Claim("a");
        pool.Claim("b");
        pool.State.LongestTtlMs.ShouldBe(600_000);
        pool.Release("b");
        var reopened = pool.Reopened();
        reopened.LeftMs("a").ShouldBe(600_000 + 3_000 + 2_000);
    }

    [Fact]
    public void The_longest_ttl_told_is_forgotten_with_the_last_claim()
    {
        var pool = TestPool.With(2);
        pool.Policy = Policy.Default with { Ttl = Long };
        pool.Claim("a");
        pool.Policy = Policy.Default;
        pool.Claim("b");
        pool.Release("a");
        pool.State.LongestTtlMs.ShouldBe(600_000, "nobody knows which of the claims was told it");
        pool.Release("b");
        pool.State.LongestTtlMs.ShouldBe(60_000);
        pool.Claim("b");
        pool.Reopened().LeftMs("b").ShouldBe(65_000);
    }

    [Fact]
    public void A_shorter_policy_first_told_to_an_empty_pool_forgets_the_longer()
    {
        var pool = TestPool.With(1);
        pool.Policy = Policy.Default with { Ttl = Long };
        pool.Claim("a");
        pool.Release("a");
        pool.Policy = Policy.Default;
        pool.Claim("a");
        pool.State.LongestTtlMs.ShouldBe(60_000);
    }

    [Fact]
    public void Recovery_lowers_no_deadline()
    {
        var pool = TestPool.Held("a");
        Pool.Answered(pool.State, TestPool.Node("a"), 500_000, pool.NowMs);
        pool.Recover();
        pool.LeftMs("a").ShouldBe(502_000);
        pool.Recover(formerLeaseMs: 900_000);
        pool.Recover(formerLeaseMs: 0);
        pool.LeftMs("a").ShouldBe(962_000);
    }

    [Fact]
    public void After_recovery_a_renewal_repeats_the_license_until_it_went_out()
    {
        var pool = TestPool.Held("a").Reopened();
        pool.State.MayHaveLostLicense(pool.ClaimOf("a")).ShouldBeTrue();
        pool.Claim("a").ShouldBe(new Renewed(new LicenseId("A"), 60_000, Repeat: true));
        PoolState.MarkRepeated(pool.ClaimOf("a"));
        pool.Claim("a").ShouldBe(new Renewed(new LicenseId("A"), 60_000, Repeat: false));
    }

    [Fact]
    public void A_grant_after_recovery_is_not_repeated()
    {
        var pool = TestPool.With(1).Reopened();
        pool.Claim("a");
        pool.Claim("a").ShouldBe(new Renewed(new LicenseId("A"), 60_000, Repeat: false));
    }

    [Fact]
    public void Lost_answers_repeat_licenses_and_move_no_deadline()
    {
        var pool = TestPool.Held("a");
        var deadline = pool.State.EarliestDeadlineMs;
        pool.State.RepeatLicenses();
        pool.State.EarliestDeadlineMs.ShouldBe(deadline);
        pool.Claim("a").ShouldBe(new Renewed(new LicenseId("A"), 60_000, Repeat: true));
    }

    [Fact]
    public void An_expired_claim_stays_expired_after_recovery()
    {
        var pool = TestPool.Held("a");
        pool.Wait(TestPool.Ttl * 2);
        pool.Expire();
        pool.Reopened().Holds("a").ShouldBeFalse();
    }
}
