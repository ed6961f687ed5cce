using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Simulation.Checks;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Tests.Checks;

public sealed class SnapshotsTests
{
    private static Scene Begin(bool granted)
    {
        var scene = new Scene((model, violated) => new Snapshots(model) { Violated = violated });
        scene.Begin(2);
        if (granted)
        {
            scene.Happen(Scene.Grant("x", 1));
        }

        return scene;
    }

    [Fact]
    public void A_snapshot_of_what_was_then_is_right_also_later()
    {
        using var scene = Begin(granted: true);
        var snapshot = PartOf(scene, Scene.Grant("x", 1));
        scene.Do("m1", snapshot, AppendResult.Committed);
        scene.Happen(Scene.Release("x", 1), Scene.Grant("y", 2));
        scene.Do("m1", snapshot, AppendResult.Committed);
        scene.Found.ShouldBeNull();
    }

    [Fact]
    public void A_claim_that_is_not_in_the_journal_is_found()
    {
        using var scene = Begin(granted: true);
        scene.Do("m1", PartOf(scene, Scene.Grant("y", 1)), AppendResult.Committed);
        scene.Found.ShouldNotBeNull().ShouldContain("grant 1 of a to y is in it; in the journal the node holds nothing");
    }

    [Fact]
    public void A_claim_that_is_missing_is_found()
    {
        using var scene = Begin(granted: true);
        scene.Do("m1", PartOf(scene, Scene.Grant("x", 1), Scene.Release("x", 1)), AppendResult.Committed);
        scene.Found.ShouldNotBeNull();
    }

    [Fact]
    public void A_snapshot_of_another_chain_is_found()
    {
        using var scene = Begin(granted: true);
        var write = PartOf(scene, Scene.Grant("x", 1));
        scene.Do("m1", write with { Part = write.Part with { Hash = new byte[32] } }, AppendResult.Committed);
        scene.Found.ShouldNotBeNull().ShouldContain("no batch ends there");
    }

    /// <summary>A snapshot at the version of the scene whose state came about in a way of its own.</summary>
    private static WriteSnapshot PartOf(Scene scene, params PoolEvent[] events)
    {
        var state = new PoolState(Scene.Pool);
        PoolEvent[] first =
        [
            new PoolAdded("p", Scene.Stamp), new LicenseAdded(new LicenseId("a"), 2, null, Scene.Stamp), new PolicyAdopted(Policy.Default, Scene.Stamp),
        ];
        foreach (var happened in first.Concat(events))
        {
            Pool.Evolve(state, happened);
        }

        var here = scene.Batch(1, 1, []);
        var image = state.Capture();
        var parts = new SnapshotParts(image with { Header = image.Header with { Version = here.ExpectedVersion } });
        return new WriteSnapshot(
            Scene.Pool, new Epoch(1), new Opening(1), new SnapshotPart(here.ExpectedVersion, here.Batch.Hash, 0, 1, parts.Encode(0).ToArray()));
    }
}
