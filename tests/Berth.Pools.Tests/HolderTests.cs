namespace Berth.Pools.Tests;

public sealed class HolderTests
{
    [Fact]
    public void Holders_of_a_license_are_listed_newest_first()
    {
        var pool = TestPool.With(4);
        pool.Claim("a");
        pool.Claim("b");
        pool.Claim("c");
        Holders(pool).ShouldBe(["c", "b", "a"]);
        Release(pool, "b");
        Holders(pool).ShouldBe(["c", "a"]);
        Release(pool, "c");
        pool.Claim("d");
        Holders(pool).ShouldBe(["d", "a"]);
        Release(pool, "a");
        Release(pool, "d");
        Holders(pool).ShouldBeEmpty();
    }

    [Fact]
    public void What_is_taken_back_leaves_the_same_holders()
    {
        var pool = TestPool.With(4);
        pool.Claim("a");
        pool.Claim("b");
        pool.State.Keep();
        Release(pool, "a");
        Pool.Step(pool.State, new ClaimSeat(TestPool.Node("c"), Who.Nobody), pool.Moment, []).ShouldBeOfType<Granted>();
        Release(pool, "b");
        pool.State.Undo();
        Holders(pool).Order().ShouldBe(["a", "b"]);
        pool.State.LicenseOf(new LicenseId("A"))!.Held.ShouldBe(2);
    }

    [Fact]
    public void A_page_ends_early_when_it_holds_many_holders()
    {
        const int Licenses = 7;
        var pool = TestPool.With([.. Enumerable.Repeat(LicenseView.MaxHolders + 1, Licenses)]);
        for (var i = 0; i < Licenses * (LicenseView.MaxHolders + 1); i++)
        {
            pool.Claim($"node {i}");
        }

        var first = Page(pool, -1);
        first.Licenses.Count.ShouldBe(AskLicenses.MaxHolders / LicenseView.MaxHolders);
        first.Licenses.ShouldAllBe(license => license.Holders.Count == LicenseView.MaxHolders && license.Held == LicenseView.MaxHolders + 1);
        Page(pool, first.NextSlot!.Value).Licenses.Count.ShouldBe(Licenses - first.Licenses.Count);
    }

    [Theory]
    [InlineData(int.MinValue, 1)]
    [InlineData(1_000, 0)]
    [InlineData(int.MaxValue, 0)]
    public void A_page_after_any_place_is_a_page(int after, int licenses)
    {
        var pool = TestPool.With(1);
        Page(pool, after).Licenses.Count.ShouldBe(licenses);
    }

    private static IEnumerable<string> Holders(TestPool pool) => Page(pool, -1).Licenses.Single().Holders.Select(holder => holder.Node.Value);

    private static LicensePage Page(TestPool pool, int after)
    {
        var reply = Pool.Step(pool.State, new AskLicenses(after, 10), pool.Moment, []);
        return reply.ShouldBeOfType<LicensePage>();
    }

    private static void Release(TestPool pool, string node) =>
        Pool.Step(pool.State, new ReleaseSeat(TestPool.Node(node), Who.Nobody), pool.Moment, []).ShouldBe(Released.Instance);
}
