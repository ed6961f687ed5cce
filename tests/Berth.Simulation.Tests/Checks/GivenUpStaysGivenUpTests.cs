using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;
using Berth.Simulation.Checks;

namespace Berth.Simulation.Tests.Checks;

public sealed class GivenUpStaysGivenUpTests
{
    private static Scene Begin()
    {
        var scene = new Scene((model, violated) => new GivenUpStaysGivenUp(model) { Violated = violated });
        scene.Begin();
        scene.Happen(Scene.Grant("x", 1));
        scene.At(1);
        return scene;
    }

    [Fact]
    public void Another_epoch_or_another_process_goes_on()
    {
        using var scene = Begin();
        scene.Do("m1", scene.Transfer(1, 1, 2), TransferOutcome.Moved);
        scene.At(2);
        scene.Commit("m2", scene.Batch(1, 1, Scene.Release("x", 1)));
        scene.Commit("m1", scene.Batch(3, 2, Scene.Grant("x", 2)));
        scene.Give("m1", Scene.Put("x"), Scene.Still(), 1.5, epoch: 3);
        scene.Found.ShouldBeNull();
    }

    [Fact]
    public void An_append_after_the_transfer_was_sent_is_found()
    {
        using var scene = Begin();
        scene.Do("m1", scene.Transfer(1, 1, 2), TransferOutcome.NotOwned);
        scene.Happen(Scene.Release("x", 1));
        scene.Found.ShouldNotBeNull().ShouldContain("sent an append to pool p after version 4");
    }

    [Fact]
    public void It_is_found_also_where_the_transfer_is_heard_of_later()
    {
        using var scene = Begin();
        var before = scene.Call("m1", scene.Batch(1, 1, Scene.Release("x", 1)), AppendResult.Committed);
        var transfer = scene.Call("m1", scene.Transfer(1, 1, 2), null);
        scene.Took(before);
        scene.Open("m1", 1, 2);
        scene.Found.ShouldBeNull();
        scene.Told(transfer);
        scene.Found.ShouldNotBeNull().ShouldContain("sent an open of pool p at epoch 1");
    }

    [Fact]
    public void What_was_sent_before_the_transfer_may_end_after_it()
    {
        using var scene = Begin();
        var before = scene.Call("m1", scene.Batch(1, 1, Scene.Release("x", 1)), AppendResult.Fenced);
        var transfer = scene.Call("m1", scene.Transfer(1, 1, 2), TransferOutcome.Moved);
        scene.Took(transfer);
        scene.Took(before);
        scene.Told(before);
        scene.Found.ShouldBeNull();
    }

    [Theory]
    [InlineData(1.05, 0.9, false)]
    [InlineData(1.05, 1.01, true)]
    [InlineData(1.5, 0.9, true)]
    public void A_promise_after_the_transfer_was_sent_is_found(double second, double arrived, bool found)
    {
        using var scene = Begin();
        scene.Do("m1", scene.Transfer(1, 1, 2), TransferOutcome.Moved);
        scene.At(second);
        scene.Give("m1", Scene.Put("x"), Scene.Still(), arrived);
        (scene.Found is not null).ShouldBe(found);
    }

    [Fact]
    public void Writing_on_when_fenced_is_found()
    {
        using var scene = Begin();
        var batch = scene.Batch(1, 1, Scene.Release("x", 1));
        var together = scene.Call("m1", batch, AppendResult.Fenced);
        scene.Do("m1", batch, AppendResult.Fenced);
        scene.Told(together);
        scene.At(2);
        scene.Do("m1", batch with { Opening = new Berth.Pools.Opening(2) }, AppendResult.Committed);
        scene.Found.ShouldBeNull();
        scene.Do("m1", batch, AppendResult.Fenced);
        scene.Found.ShouldNotBeNull().ShouldContain("under (1, 1)");
    }
}
