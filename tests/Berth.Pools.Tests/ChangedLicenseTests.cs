namespace Berth.Pools.Tests;

public sealed class ChangedLicenseTests
{
    [Fact]
    public void A_license_that_grows_gives_more_seats_at_once()
    {
        var pool = TestPool.With(1);
        pool.Claim("a");
        pool.Claim("b").ShouldBeOfType<NoSeatFree>();
        Change(pool, "A", 2).ShouldBe(Changed.Instance);
        pool.Claim("b").ShouldBeOfType<Granted>();
        pool.State.SeatCount.ShouldBe(2);
    }

    [Fact]
    public void Holders_keep_what_they_were_told_when_it_shrinks()
    {
        var pool = TestPool.With(2);
        pool.Claim("a");
        pool.Claim("b");
        Change(pool, "A", 1);
        pool.Holds("a").ShouldBeTrue();
        pool.Holds("b").ShouldBeTrue();
        pool.Claim("c").ShouldBeOfType<NoSeatFree>();
        pool.State.FreeSeatCount.ShouldBe(0);
    }

    [Fact]
    public void Seats_above_the_new_number_are_not_renewed_but_those_within_are()
    {
        var pool = TestPool.With(2);
        pool.Claim("a");
        pool.Claim("b");
        Change(pool, "A", 1);
        pool.Claim("b").ShouldBeOfType<NoSeatFree>();
        pool.Release("b");
        pool.Claim("a").ShouldBeOfType<Renewed>();
    }

    [Fact]
    public void Only_as_many_lose_their_seats_as_are_too_many_and_the_newest_of_them()
    {
        var pool = TestPool.With(10);
        for (var i = 0; i < 10; i++)
        {
            pool.Claim($"n{i}");
        }

        Change(pool, "A", 8);
        Enumerable.Range(0, 10).Where(i => pool.Claim($"n{i}") is NoSeatFree).ShouldBe([8, 9]);
        pool.Wait(TestPool.Ttl - TimeSpan.FromSeconds(1));
        Enumerable.Range(0, 8).ShouldAllBe(i => pool.Claim($"n{i}") is Renewed);
        pool.Wait(TimeSpan.FromSeconds(3));
        pool.Claim("new").ShouldBeOfType<NoSeatFree>();
        pool.State.ClaimCount.ShouldBe(8);
    }

    [Fact]
    public void After_a_start_from_a_snapshot_the_same_lose_their_seats()
    {
        var pool = TestPool.With(3);
        pool.Claim("a");
        pool.Claim("b");
        pool.Claim("c");
        Change(pool, "A", 2);
        var state = new PoolState(new PoolName("cad"));
        var image = pool.State.Capture();
        state.Load(image.Header);
        state.Load(image.Licenses[0]);
        foreach (var claim in image.Claims.OrderBy(claim => claim.Number))
        {
            state.Load(new ClaimImage(claim.Node, claim.License.Id, claim.Number, claim.Version, 0, null, null, null));
        }

        string[] nodes = ["a", "b", "c"];
        nodes.Where(node => Pool.Step(state, new ClaimSeat(TestPool.Node(node), Who.Nobody), pool.Moment, []) is NoSeatFree).ShouldBe(["c"]);
    }

    [Fact]
    public void Taking_back_the_end_of_many_claims_is_quick()
    {
        var pool = TestPool.With(50_000);
        for (var i = 0; i < 50_000; i++)
        {
            pool.Claim($"n{i}");
        }

        var before = pool.State.Licenses.Single().Holders.Select(claim => claim.Number).ToList();
        for (var i = 0; i < 2_000; i++)
        {
            Pool.Step(pool.State, new ReleaseSeat(TestPool.Node($"n{i}"), Who.Nobody), pool.Moment, []);
        }

        var began = TimeProvider.System.GetTimestamp();
        pool.State.Undo();
        TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(1));
        pool.State.Licenses.Single().Holders.Select(claim => claim.Number).ShouldBe(before);
    }

    [Fact]
    public void Who_loses_a_seat_gets_another_where_one_is_free()
    {
        var pool = TestPool.With(2, 1);
        pool.Claim("a");
        pool.Claim("b");
        Change(pool, "A", 1);
        pool.Claim("b").ShouldBeOfType<Granted>().License.Value.ShouldBe("B");
        pool.Claim("a").ShouldBeOfType<Renewed>().License.Value.ShouldBe("A");
    }

    [Fact]
    public void No_grant_while_as_many_are_held_as_it_gives()
    {
        var pool = TestPool.With(3);
        pool.Claim("a");
        pool.Claim("b");
        pool.Claim("c");
        Change(pool, "A", 1);
        pool.Release("a");
        pool.Claim("d").ShouldBeOfType<NoSeatFree>();
        pool.Release("b");
        pool.Claim("d").ShouldBeOfType<NoSeatFree>();
        pool.Release("c");
        pool.Claim("d").ShouldBeOfType<Granted>();
    }

    [Fact]
    public void A_later_end_brings_a_lapsed_license_back()
    {
        var pool = new TestPool();
        pool.Add(new LicenseGrant(new LicenseId("A"), 1, pool.WallMs - 1));
        pool.Claim("a").ShouldBe(new NoSeatFree(DenialReason.Expired));
        Change(pool, "A", 1, pool.WallMs + 1_000);
        pool.Claim("a").ShouldBeOfType<Granted>();
    }

    [Fact]
    public void A_license_that_was_taken_out_while_held_comes_back()
    {
        var pool = TestPool.Held("a");
        pool.Remove("A");
        Change(pool, "A", 1);
        pool.Claim("a").ShouldBeOfType<Renewed>();
        pool.Release("a");
        pool.Claim("b").ShouldBeOfType<Granted>();
    }

    [Fact]
    public void A_license_that_is_not_there_cannot_change() =>
        Change(TestPool.With(1), "Z", 1).ShouldBe(new NoSuchLicense(new LicenseId("Z")));

    private static PoolReply Change(TestPool pool, string license, int seats, long? expiryMs = null) =>
        pool.Step(new ChangeLicense(new LicenseGrant(new LicenseId(license), seats, expiryMs), Who.Nobody));
}
