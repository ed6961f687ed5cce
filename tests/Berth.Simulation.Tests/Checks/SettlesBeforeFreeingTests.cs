using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Simulation.Checks;

namespace Berth.Simulation.Tests.Checks;

public sealed class SettlesBeforeFreeingTests
{
    private static Scene Begin(double formerLease = 3)
    {
        var scene = new Scene((model, violated) => new SettlesBeforeFreeing(model) { Violated = violated });
        scene.Join("m1", 1);
        scene.Join("m2", 2);
        scene.Begin(2);
        scene.Happen(Scene.Grant("x", 1));
        scene.At(10);
        scene.Acquire("m2", 2, new SeenMember(new Incarnation(1), 0), 2, formerLease);
        scene.Open("m2", 2, 2);
        return scene;
    }

    [Theory]
    [InlineData(12.9, true)]
    [InlineData(13, false)]
    public void A_seat_is_freed_once_the_former_lease_has_ended(double second, bool found)
    {
        using var scene = Begin();
        scene.At(second);
        scene.Commit("m2", scene.Batch(2, 2, Scene.Release("x", 1)));
        (scene.Found is not null).ShouldBe(found);
    }

    [Fact]
    public void Free_seats_are_given_at_once()
    {
        using var scene = Begin();
        scene.Commit("m2", scene.Batch(2, 2, Scene.Grant("y", 2), Scene.Release("x", 1, cause: ReleaseCause.Moved)));
        scene.Found.ShouldBeNull();
    }

    [Fact]
    public void Who_closed_before_it_left_need_not_be_waited_for()
    {
        using var scene = Begin(formerLease: 0);
        scene.Commit("m2", scene.Batch(2, 2, Scene.Release("x", 1)));
        scene.Found.ShouldBeNull();
    }

    [Fact]
    public void Handing_on_does_not_make_the_wait_any_shorter()
    {
        using var scene = Begin();
        scene.Do("m2", scene.Transfer(2, 2, 1), TransferOutcome.Moved);
        scene.Open("m1", 3, 3);
        scene.At(12);
        scene.Commit("m1", scene.Batch(3, 3, new LicenseRemoved(new LicenseId("a"), Scene.Stamp)));
        scene.Found.ShouldNotBeNull().ShouldContain("was taken from incarnation 1");
    }
}
