using Berth.Pools;
using Berth.Simulation.Checks;
using Berth.Simulation.Kernel;
using Berth.Simulation.Model;

namespace Berth.Simulation.Tests.Checks;

public sealed class WithholdsAfterLossTests
{
    [Fact]
    public void Who_knows_more_than_the_store_gives_no_seat()
    {
        using var scene = Begin();
        GoBack(scene, 2);
        scene.Commit("m1", scene.Batch(1, 1, Scene.Expire("x", 1)));
        scene.Commit("m2", scene.Batch(1, 1, Scene.Grant("y", 2)));
        scene.Found.ShouldBeNull();
        scene.Happen(Scene.Grant("z", 3));
        scene.Found.ShouldNotBeNull().ShouldContain("it knew version 4 when the store had 3");
    }

    [Fact]
    public void Who_knew_no_more_goes_on()
    {
        using var scene = Begin();
        GoBack(scene, 3);
        scene.Happen(Scene.Grant("y", 2));
        scene.Found.ShouldBeNull();
    }

    [Fact]
    public void Who_hears_of_what_is_gone_knows_it_too()
    {
        using var scene = Begin();
        var late = scene.Call("m2", scene.Batch(1, 1, Scene.Grant("y", 2)), Berth.Runtime.Journal.AppendResult.Committed);
        scene.Took(late);
        GoBack(scene, 3);
        scene.Told(late);
        scene.Commit("m2", scene.Batch(1, 1, Scene.Grant("z", 2)));
        scene.Found.ShouldNotBeNull().ShouldContain("it knew version 5 when the store had 4");
    }

    [Fact]
    public void Nobody_withholds_seats_where_nothing_was_forgotten()
    {
        using var scene = Begin();
        GoBack(scene, 3);
        scene.Give("m1", Scene.Put("y"), GrantsWithheld.Instance, 0);
        scene.Found.ShouldBeNull();
        using var sound = Begin();
        sound.Give("m1", Scene.Put("y"), GrantsWithheld.Instance, 0);
        sound.Found.ShouldNotBeNull().ShouldContain("withholds its seats, though the store has forgotten nothing");
    }

    [Fact]
    public void The_ledger_is_again_what_it_was()
    {
        ClusterModel? model = null;
        using var scene = Begin(made => model = made);
        model!.Ledger.PoolOf(Scene.Pool)!.Live.Count.ShouldBe(1);
        var head = model.Ledger.PoolOf(Scene.Pool)!.Heads[3];
        GoBack(scene, 2);
        var pool = model.Ledger.PoolOf(Scene.Pool)!;
        pool.Version.ShouldBe(3);
        pool.Live.ShouldBeEmpty();
        pool.Head.ShouldBe(head);
    }

    /// <summary>An open and two appends: three operations.</summary>
    private static Scene Begin(Action<ClusterModel>? made = null)
    {
        var scene = new Scene((model, violated) =>
        {
            made?.Invoke(model);
            return new WithholdsAfterLoss(model) { Violated = violated };
        });
        scene.Begin(3);
        scene.Happen(Scene.Grant("x", 1));
        return scene;
    }

    private static void GoBack(Scene scene, int operations) =>
        scene.Cluster.Witness.Tell(check => check.OnWentBack(new StoreMark(operations, TimeSpan.Zero)));
}
