using Berth.Pools;
using Berth.Simulation.Kernel;
using Berth.Simulation.Scenarios;

namespace Berth.Simulation.Tests.Scenarios;

/// <summary>The store is again what it once was, and a member that knows better is alive.</summary>
public sealed class StoreWentBackTests
{
    [Fact]
    public void Who_knows_more_of_a_pool_than_the_store_gives_none_of_its_seats()
    {
        using var script = Script.Started(2);
        var (pool, other) = (script.PoolAt("m1", seats: 3), script.PoolAt("m1", seats: 1));
        script.Claim("n1", "m1", pool).Reply.ShouldBeOfType<Granted>();
        var mark = script.Store.Mark();
        script.Claim("n2", "m1", pool).Reply.ShouldBeOfType<Granted>();
        script.Run(TimeSpan.FromSeconds(5));
        script.Store.GoBackTo(mark);

        script.Claim("n1", "m1", pool).Reply.ShouldBeOfType<Renewed>();
        script.RunUntil(() => script.Claim("n3", "m1", pool).Reply is GrantsWithheld, TimeSpan.FromSeconds(10));
        script.Claim("n1", "m2", pool).Reply.ShouldBeOfType<Renewed>();
        script.Claim("n2", "m1", pool).Reply.ShouldBe(GrantsWithheld.Instance);
        script.Lines.Count(line => line.Contains($"store.went-back: pool {pool}: events 5 to 5 were confirmed and are gone", StringComparison.Ordinal))
            .ShouldBe(1);
        script.Claim("n9", "m1", other).Reply.ShouldBeOfType<Granted>();

        // Whoever starts again answers for what the store says; the other one has seen that it went back, and never knew this pool.
        script["m1"].Crash(KillKind.Process);
        script.RunUntil(() => script.OwnerOf(pool) == "m2");
        script.Claim("n3", "m2", pool).Reply.ShouldBe(GrantsWithheld.Instance);
        script["m1"].Start();
        script["m2"].Crash(KillKind.Process);
        script.RunUntil(() => script.Claim("n3", "m1", pool).Reply is Granted);
    }

    [Fact]
    public void Whoever_takes_a_pool_that_another_one_knew_better_gives_none_of_its_seats()
    {
        using var script = Script.Started(2);
        var (pool, other) = (script.PoolAt("m1", seats: 3), script.PoolAt("m2", seats: 1));
        script.Claim("n1", "m1", pool).Reply.ShouldBeOfType<Granted>();
        var mark = script.Store.Mark();
        script.Claim("n2", "m1", pool).Reply.ShouldBeOfType<Granted>();
        script.Run(TimeSpan.FromSeconds(5));
        script.Store.GoBackTo(mark);

        // m1 has not been asked to write since, and ends before it could notice that the claim of n2 is gone.
        script.Run(TimeSpan.FromSeconds(1));
        script["m1"].Crash(KillKind.Power);
        script.RunUntil(() => script.OwnerOf(pool) == "m2");
        script.Claim("n1", "m2", pool).Reply.ShouldBeOfType<Renewed>();
        script.Claim("n3", "m2", pool).Reply.ShouldBe(GrantsWithheld.Instance);
        script.Claim("n9", "m2", other).Reply.ShouldBeOfType<Granted>("it was m2's all the time");
    }

    [Fact]
    public void Where_the_store_has_forgotten_owners_no_seat_of_their_shards_is_given()
    {
        using var script = Script.Started(2);
        var (pool, untouched) = (script.PoolAt("m1", seats: 3), script.PoolAt("m2", seats: 1));
        script.Claim("n1", "m1", pool).Reply.ShouldBeOfType<Granted>();
        var mark = script.Store.Mark();
        script["m1"].Crash(KillKind.Power);
        script.RunUntil(() => script.OpenAt("m2", pool)?.Epoch == new Epoch(2));
        script.Run(TimeSpan.FromSeconds(5));
        script.Store.GoBackTo(mark);

        // The store says again that m1 has the shard, and then gives m2 the epoch that it has had already.
        script.RunUntil(() => script.OpenAt("m2", pool)?.Epoch == new Epoch(3), TimeSpan.FromSeconds(5));
        script.Claim("n1", "m2", pool).Reply.ShouldBeOfType<Renewed>();
        script.Claim("n3", "m2", pool).Reply.ShouldBe(GrantsWithheld.Instance);
        script.Lines.ShouldContain(line => line.Contains("is at 1; no seat of its pools is given here", StringComparison.Ordinal));
        script.Claim("n9", "m2", untouched).Reply.ShouldBeOfType<Granted>();
    }
}
