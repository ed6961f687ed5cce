using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Simulation.Checks;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Tests.Checks;

public sealed class DownIsFinalTests
{
    private static readonly int _shard = Shards.Of(Scene.Pool);

    private static Scene Begin()
    {
        var scene = new Scene((model, violated) => new DownIsFinal(model) { Violated = violated });
        scene.Join("m1", 1);
        scene.Join("m2", 2);
        scene.Acquire("m1", 1, null, 1, 0);
        scene.Renew("m1", 1, new OwnedShard(_shard, new Epoch(1), TimeSpan.Zero));
        return scene;
    }

    [Fact]
    public void Shards_that_go_from_hand_to_hand_are_in_order()
    {
        using var scene = Begin();
        scene.Do("m1", scene.Transfer(1, 1, 2), TransferOutcome.Moved);
        scene.Do("m1", scene.Transfer(1, 1, 2), TransferOutcome.Moved);
        scene.Do("m2", new LeaveCluster(new Incarnation(2), []), true);
        scene.Acquire("m1", 1, null, 3, 0);
        scene.Renew("m1", 1, new OwnedShard(_shard, new Epoch(3), TimeSpan.Zero));
        scene.Do("m1", new MarkDown(new Incarnation(1)), true);
        scene.Join("m2", 3);
        scene.Do("m1", scene.Transfer(1, 3, 3), TransferOutcome.Moved);
        scene.Renew("m2", 3, new OwnedShard(_shard, new Epoch(4), TimeSpan.Zero));
        scene.Found.ShouldBeNull();
    }

    [Fact]
    public void A_renewal_after_the_end_is_found()
    {
        using var scene = Begin();
        scene.Acquire("m2", 2, new SeenMember(new Incarnation(1), 1), 2, 3);
        scene.Found.ShouldBeNull();
        scene.Renew("m1", 1);
        scene.Found.ShouldNotBeNull().ShouldContain("incarnation 1 renewed after it had ended");
    }

    [Fact]
    public void A_former_life_has_ended()
    {
        using var scene = Begin();
        scene.Join("m1", 3);
        scene.Acquire("m1", 1, null, 2, 0);
        scene.Found.ShouldNotBeNull().ShouldContain("incarnation 1 took 1 shards after it had ended");
    }

    [Fact]
    public void Taking_from_who_has_renewed_since_is_found()
    {
        using var scene = Begin();
        scene.Acquire("m2", 2, new SeenMember(new Incarnation(1), 0), 2, 3);
        scene.Found.ShouldNotBeNull().ShouldContain("with counter 0, it is up at 1");
    }

    [Fact]
    public void An_epoch_that_does_not_grow_is_found()
    {
        using var scene = Begin();
        scene.Acquire("m2", 2, new SeenMember(new Incarnation(1), 1), 1, 3);
        scene.Found.ShouldNotBeNull().ShouldContain("has epoch 1 after 1");
    }

    [Fact]
    public void Taking_what_another_owns_is_found()
    {
        using var scene = Begin();
        scene.Acquire("m2", 2, null, 2, 0);
        scene.Found.ShouldNotBeNull().ShouldContain("took shard");
    }

    [Fact]
    public void Handing_on_what_another_owns_is_found()
    {
        using var scene = Begin();
        scene.Do("m2", scene.Transfer(2, 1, 2), TransferOutcome.Moved);
        scene.Found.ShouldNotBeNull().ShouldContain("incarnation 1 at epoch 1 owns it");
    }

    [Fact]
    public void A_renewal_that_tells_of_too_little_is_found()
    {
        using var scene = Begin();
        scene.Renew("m1", 1);
        scene.Found.ShouldNotBeNull().ShouldContain("owns 0 shards; it owns 1");
    }
}
