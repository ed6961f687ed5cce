using Berth.Pools;
using Berth.Simulation.Kernel;
using Berth.Simulation.Scenarios;

namespace Berth.Simulation.Tests.Scenarios;

/// <summary>The store is away for long, and nobody can renew or be renewed.</summary>
public sealed class StoreOutageTests
{
    [Theory]
    [InlineData((int)StoreOutage.Throws)]
    [InlineData((int)StoreOutage.Hangs)]
    public void An_outage_longer_than_every_ttl_frees_nothing_and_changes_no_owner(int outage)
    {
        using var script = Script.Started(3);
        var pool = script.PoolAt("m1", seats: 3);
        script.Claim("n1", "m1", pool).Reply.ShouldBeOfType<Granted>();
        script.Claim("n2", "m1", pool).Reply.ShouldBeOfType<Granted>();
        script.Run(TimeSpan.FromSeconds(15));
        script.Claim("n1", "m1", pool).Reply.ShouldBeOfType<Renewed>();
        var before = (script.OpenAt("m1", pool), script.RowOf("m1").Incarnation, script.RowOf("m2").Incarnation, script.RowOf("m3").Incarnation);

        script.Store.Weather.HeldIsDone = 0;
        script.Store.SetOutage((StoreOutage)outage);
        script.Claim("n1", "m2", pool).Reply.ShouldBeOfType<Renewed>();
        for (var i = 0; i < 10; i++)
        {
            script.Run(TimeSpan.FromSeconds(10));
            script.Claim("n1", "m1", pool).Reply.ShouldBe(NotOwner.Instance);
        }

        script.Store.SetOutage(StoreOutage.None);
        script.RunUntil(() => script.Claim("n1", "m1", pool).Reply is Renewed, TimeSpan.FromSeconds(3));
        script.Claim("n3", "m2", pool).Reply.ShouldBeOfType<Granted>();
        script.Claim("n4", "m2", pool).Reply.ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        script.Run(TimeSpan.FromSeconds(10));
        (script.OpenAt("m1", pool), script.RowOf("m1").Incarnation, script.RowOf("m2").Incarnation, script.RowOf("m3").Incarnation).ShouldBe(before);

        // The silent one had some of its time left, and no more.
        script.Claim("n4", "m2", pool).Reply.ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        script.Run(TimeSpan.FromSeconds(12));
        script.Claim("n4", "m2", pool).Reply.ShouldBeOfType<Granted>();
    }
}
