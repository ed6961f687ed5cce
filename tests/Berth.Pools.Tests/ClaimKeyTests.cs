namespace Berth.Pools.Tests;

public sealed class ClaimKeyTests
{
    [Fact]
    public void The_same_key_renews()
    {
        var pool = With("a", "mine");
        Claim(pool, "a", "mine").ShouldBeOfType<Renewed>();
        Claim(pool, "a", null).ShouldBeOfType<Renewed>();
    }

    [Fact]
    public void Another_key_is_another_process_and_changes_nothing()
    {
        var pool = With("a", "mine");
        var left = pool.LeftMs("a");
        pool.Wait(TimeSpan.FromSeconds(10));
        Claim(pool, "a", "other").ShouldBe(OtherClaimKey.Instance);
        pool.LeftMs("a").ShouldBe(left - 10_000);
        Pool.TryRenew(pool.State, new ClaimSeat(TestPool.Node("a"), Who.Nobody, "other"), pool.NowMs, pool.Rules).ShouldBeNull();
    }

    [Fact]
    public void A_claim_without_a_key_may_be_renewed_with_any()
    {
        var pool = With("a", null);
        Claim(pool, "a", "any").ShouldBeOfType<Renewed>();
    }

    [Fact]
    public void After_the_expiry_the_key_finds_the_same_seat_for_one_ttl()
    {
        var pool = Expired("mine");
        pool.Wait(TestPool.Ttl - TimeSpan.FromMilliseconds(1));
        Claim(pool, "a", "mine").ShouldBeOfType<Granted>().License.Value.ShouldBe("B");
    }

    [Fact]
    public void After_one_ttl_it_is_any_seat()
    {
        var pool = Expired("mine");
        pool.Wait(TestPool.Ttl);
        Claim(pool, "a", "mine").ShouldBeOfType<Granted>().License.Value.ShouldBe("A");
    }

    [Theory]
    [InlineData("other")]
    [InlineData(null)]
    public void Without_the_key_it_is_any_seat(string? key) =>
        Claim(Expired("mine"), "a", key).ShouldBeOfType<Granted>().License.Value.ShouldBe("A");

    [Fact]
    public void A_seat_that_somebody_took_meanwhile_is_not_given_twice()
    {
        var pool = Expired("mine");
        pool.Claim("b");
        pool.Claim("c");
        pool.LicenseOf("c").ShouldBe("B");
        Claim(pool, "a", "mine").ShouldBeOfType<Granted>().License.Value.ShouldBe("C");
    }

    [Fact]
    public void A_seat_that_was_given_back_is_not_kept()
    {
        var pool = TestPool.With(1, 1, 1);
        pool.Claim("x");
        Claim(pool, "a", "mine");
        pool.Release("a");
        pool.Release("x");
        Claim(pool, "a", "mine").ShouldBeOfType<Granted>().License.Value.ShouldBe("A");
    }

    [Fact]
    public void Another_key_releases_nothing()
    {
        var pool = With("a", "mine");
        Release(pool, "other").ShouldBe(OtherClaimKey.Instance);
        pool.ClaimOf("a").ClaimKey.ShouldBe("mine");
        pool.Events.ShouldNotContain(happened => happened is SeatReleased);
        Release(pool, "mine").ShouldBe(Released.Instance);
        Release(pool, "other").ShouldBe(NotHeld.Instance);
    }

    [Theory]
    [InlineData("mine", null)]
    [InlineData(null, "any")]
    public void Where_one_of_them_has_no_key_the_seat_is_released(string? claimed, string? given) =>
        Release(With("a", claimed), given).ShouldBe(Released.Instance);

    [Fact]
    public void What_was_found_again_is_found_once()
    {
        var pool = Expired("mine");
        Claim(pool, "a", "mine");
        pool.Release("a");
        Claim(pool, "a", "mine").ShouldBeOfType<Granted>().License.Value.ShouldBe("A");
    }

    [Fact]
    public void A_start_in_between_does_not_matter() =>
        Claim(Expired("mine").Reopened(), "a", "mine").ShouldBeOfType<Granted>().License.Value.ShouldBe("B");

    /// <summary>Three licenses; node a held B by this key, nobody holds anything now.</summary>
    private static TestPool Expired(string key)
    {
        var pool = TestPool.With(1, 1, 1);
        pool.Claim("x");
        Claim(pool, "a", key);
        pool.Release("x");
        pool.Wait(TestPool.Ttl + TimeSpan.FromSeconds(2));
        pool.Expire().ShouldBe(Released.Instance);
        return pool;
    }

    private static TestPool With(string node, string? key)
    {
        var pool = TestPool.With(1);
        Claim(pool, node, key).ShouldBeOfType<Granted>();
        return pool;
    }

    private static PoolReply Release(TestPool pool, string? key) =>
        pool.Step(new ReleaseSeat(TestPool.Node("a"), Who.Nobody, key));

    private static PoolReply Claim(TestPool pool, string node, string? key) =>
        pool.Step(new ClaimSeat(TestPool.Node(node), Who.Nobody, key));
}
