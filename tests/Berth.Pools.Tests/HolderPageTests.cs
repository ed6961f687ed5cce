namespace Berth.Pools.Tests;

public sealed class HolderPageTests
{
    [Fact]
    public void Pages_hold_every_claim_once_license_by_license_newest_first()
    {
        var pool = TestPool.With(3, 0, 2, 4);
        for (var i = 0; i < 9; i++)
        {
            pool.Claim($"n{i}").ShouldBeOfType<Granted>();
        }

        foreach (var limit in (int[])[1, 2, 3, 4, 1_000])
        {
            var seen = new List<string>();
            for (var next = new AskHolders(-1, long.MaxValue, limit); next is not null;)
            {
                var page = pool.Step(next).ShouldBeOfType<HolderPage>();
                page.Holders.Count.ShouldBeLessThanOrEqualTo(limit);
                seen.AddRange(page.Holders.Select(holder => holder.Node.Value));
                next = page.Next;
            }

            seen.ShouldBe(["n2", "n1", "n0", "n4", "n3", "n8", "n7", "n6", "n5"], $"pages of {limit}");
        }
    }

    [Fact]
    public void A_holder_shows_when_it_was_heard_and_until_when_it_was_told()
    {
        var pool = TestPool.Held("a");
        pool.Wait(TimeSpan.FromSeconds(10));
        pool.Claim("a");
        pool.Wait(TimeSpan.FromSeconds(5));
        var holder = pool.Step(new AskHolder(TestPool.Node("a"))).ShouldBeOfType<HolderPage>().Holders.ShouldHaveSingleItem();
        holder.HeardMs.ShouldBe(pool.WallMs - 5_000);
        holder.ExpiresMs.ShouldBe(pool.WallMs + 55_000);
        holder.SinceMs.ShouldBe(pool.WallMs - 15_000);
        holder.License.Value.ShouldBe("A");
    }

    [Fact]
    public void After_a_start_nobody_has_been_heard() =>
        Recovered().Step(new AskHolder(TestPool.Node("a"))).ShouldBeOfType<HolderPage>().Holders[0].HeardMs.ShouldBeNull();

    [Fact]
    public void Without_heartbeats_a_seat_is_told_without_an_end()
    {
        var pool = TestPool.With(1);
        pool.Policy = Policy.Default with { Heartbeats = false };
        pool.Claim("a");
        pool.Step(new AskHolder(TestPool.Node("a"))).ShouldBeOfType<HolderPage>().Holders[0].ExpiresMs.ShouldBeNull();
    }

    [Fact]
    public void Who_holds_nothing_is_not_found() => TestPool.With(1).Step(new AskHolder(TestPool.Node("a"))).ShouldBe(NotHeld.Instance);

    [Fact]
    public void The_next_deadline_is_that_of_the_most_silent_node()
    {
        var pool = TestPool.Held("a", "b");
        pool.Wait(TimeSpan.FromSeconds(10));
        pool.Claim("a");
        pool.Step(new AskNextDeadline()).ShouldBe(new NextDeadline(52_000));
        pool.Wait(TimeSpan.FromMinutes(5));
        pool.Step(new AskNextDeadline()).ShouldBe(new NextDeadline(0));
        TestPool.With(1).Step(new AskNextDeadline()).ShouldBe(new NextDeadline(null));
    }

    private static TestPool Recovered()
    {
        var pool = TestPool.Held("a").Reopened();
        pool.State.ForgetDeadlines();
        pool.Recover();
        return pool;
    }
}
