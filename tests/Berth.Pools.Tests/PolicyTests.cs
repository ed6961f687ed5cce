namespace Berth.Pools.Tests;

public sealed class PolicyTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(600);

    [Fact]
    public void A_policy_is_recorded_once_before_the_first_answer_under_it()
    {
        var pool = TestPool.With(2);
        pool.Claim("a");
        pool.Claim("b");
        pool.Claim("a");
        pool.Events.Skip(2).Select(happened => happened.GetType().Name)
            .ShouldBe([nameof(PolicyAdopted), nameof(SeatGranted), nameof(SeatGranted)]);
        pool.State.Adopted.ShouldBe(Policy.Default);
    }

    [Fact]
    public void A_changed_policy_is_recorded_before_the_renewal_that_tells_it()
    {
        var pool = TestPool.Held("a");
        pool.Policy = Policy.Default with { Ttl = Long };
        pool.State.Adopted!.Ttl.ShouldBe(TestPool.Ttl);
        pool.Claim("a").ShouldBe(new Renewed(new LicenseId("A"), 600_000, Repeat: false));
        pool.Events[^1].ShouldBeOfType<PolicyAdopted>().Policy.Ttl.ShouldBe(Long);
        pool.Claim("a");
        pool.Count<PolicyAdopted>().ShouldBe(2);
        pool.LeftMs("a").ShouldBe(602_000);
    }

    [Fact]
    public void A_denial_records_no_policy()
    {
        var pool = TestPool.Held("a");
        pool.Policy = Policy.Default with { Ttl = Long };
        pool.Claim("b").ShouldBeOfType<NoSeatFree>();
        pool.Count<PolicyAdopted>().ShouldBe(1);
    }

    [Fact]
    public void An_exception_goes_over_the_cluster_policy_part_by_part()
    {
        var pool = TestPool.With(1, 1);
        pool.Except(ttl: Long);
        pool.Policy = new Policy(TimeSpan.FromSeconds(30), Strategy.Lifo, Heartbeats: true);
        pool.Claim("a").ShouldBe(new Granted(new LicenseId("B"), 600_000, 1));
        pool.Except(strategy: Strategy.Fifo, heartbeats: false);
        pool.Claim("b").ShouldBe(new Granted(new LicenseId("A"), 30_000, 2));
        pool.Claim("b").ShouldBe(AlreadyHeld.Instance);
    }

    [Fact]
    public void Without_an_exception_the_cluster_policy_is_told_again()
    {
        var pool = TestPool.With(1);
        pool.Except(ttl: Long);
        pool.Except().ShouldBe(Changed.Instance);
        pool.Claim("a").ShouldBe(new Granted(new LicenseId("A"), 60_000, 1));
    }

    [Fact]
    public void Ignored_exceptions_count_for_nothing_and_stay_recorded()
    {
        var pool = TestPool.With(1);
        pool.Except(ttl: Long, heartbeats: false);
        pool.Rules = pool.Rules with { IgnoreExceptions = true };
        pool.Claim("a").ShouldBe(new Granted(new LicenseId("A"), 60_000, 1));
        pool.Claim("a").ShouldBeOfType<Renewed>();
        pool.State.Exception.Ttl.ShouldBe(Long);
    }

    [Fact]
    public void Setting_what_is_set_already_writes_nothing()
    {
        var pool = TestPool.With(1);
        pool.Except(ttl: Long);
        pool.Step(new SetClusterPolicy(Policy.Default, Who.Nobody)).ShouldBe(Changed.Instance);
        var version = pool.State.Version;
        pool.Except(ttl: Long).ShouldBe(Changed.Instance);
        pool.Step(new SetClusterPolicy(Policy.Default with { }, Who.Nobody)).ShouldBe(Changed.Instance);
        pool.State.Version.ShouldBe(version);
        pool.State.ClusterPolicy.ShouldBe(Policy.Default);
    }
}
