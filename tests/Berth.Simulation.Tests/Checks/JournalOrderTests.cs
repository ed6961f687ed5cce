using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Simulation.Checks;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Tests.Checks;

public sealed class JournalOrderTests
{
    private static Scene Begin()
    {
        var scene = new Scene((model, violated) => new JournalOrder(model) { Violated = violated });
        scene.Begin();
        return scene;
    }

    [Fact]
    public void Writing_on_and_opening_anew_is_in_order()
    {
        using var scene = Begin();
        var written = scene.Batch(1, 1, Scene.Grant("x", 1));
        scene.Commit("m1", written);
        scene.Do("m2", new OpenPool(Scene.Pool, new Epoch(2), new KnownPosition(3, Before(written))), new OpenedPool(
            new OpenResult(OpenOutcome.Opened, new Opening(2), FromKnown: true), [new JournalRecord(4, 1, written.Batch.Bytes, written.Batch.Hash)]));
        scene.Commit("m2", scene.Batch(2, 2, Scene.Release("x", 1)));
        scene.Found.ShouldBeNull();
    }

    [Fact]
    public void An_append_under_an_older_pair_is_found()
    {
        using var scene = Begin();
        scene.Do("m2", new OpenPool(Scene.Pool, new Epoch(2), null), Replayed(scene, 2));
        scene.Found.ShouldBeNull();
        scene.Happen(Scene.Grant("x", 1));
        scene.Found.ShouldNotBeNull().ShouldContain("appended under (1, 1), the newest is (2, 2)");
    }

    [Fact]
    public void A_version_that_is_left_out_is_found()
    {
        using var scene = Begin();
        scene.Commit("m1", scene.Batch(1, 1, Scene.Grant("x", 1)) with { ExpectedVersion = 4 });
        scene.Found.ShouldNotBeNull().ShouldContain("after version 4, the pool is at 3");
    }

    [Fact]
    public void A_broken_chain_is_found()
    {
        using var scene = Begin();
        var batch = scene.Batch(1, 1, Scene.Grant("x", 1));
        scene.Commit("m1", batch with { Batch = batch.Batch with { Hash = new byte[32] } });
        scene.Found.ShouldNotBeNull().ShouldContain("another hash");
    }

    [Fact]
    public void An_open_that_goes_back_is_found()
    {
        using var scene = new Scene((model, violated) => new JournalOrder(model) { Violated = violated });
        scene.Open("m1", 2, 1);
        scene.Found.ShouldBeNull();
        scene.Open("m2", 1, 2);
        scene.Found.ShouldNotBeNull().ShouldContain("opened (1, 2) after (2, 1)");
    }

    [Fact]
    public void A_replay_that_ends_too_early_is_found()
    {
        using var scene = Begin();
        scene.Open("m2", 2, 2);
        scene.Found.ShouldNotBeNull().ShouldContain("ends at 0, the pool is at 3");
    }

    private static OpenedPool Replayed(Scene scene, long opening)
    {
        // What stands so far, as one record.
        var all = scene.Batch(0, 0);
        return new OpenedPool(
            new OpenResult(OpenOutcome.Opened, new Opening(opening), false),
            [new JournalRecord(1, (int)all.ExpectedVersion, default, all.Batch.Hash)]);
    }

    private static byte[] Before(AppendBatch written)
    {
        // The head before the batch, from a scene that begins alike.
        using var alike = Begin();
        alike.Batch(1, 1, []).ExpectedVersion.ShouldBe(written.ExpectedVersion);
        return alike.Batch(1, 1, []).Batch.Hash.ToArray();
    }
}
