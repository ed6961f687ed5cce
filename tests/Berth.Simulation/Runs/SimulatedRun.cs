using Berth.Simulation.Cluster;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Runs;

/// <summary>One run from its beginning to its end, or to the first thing that does not hold. On the calling thread.</summary>
internal static class SimulatedRun
{
    /// <summary>Does the run.</summary>
    /// <param name="spec">Which.</param>
    /// <param name="line">Told each line of the history; null: nobody keeps one, which is much faster.</param>
    public static RunResult Do(RunSpec spec, Action<string>? line)
    {
        using var world = new World(spec.Seed);
        var cluster = new SimulatedCluster(world, new ClusterSetting());
        cluster.Witness.Line = line;
        var violation = cluster.Witness.Violation
            ?? (world.Ended is { } ended ? new Violation(ended.Kind.ToString(), ended.Reason, ended.At) : null);
        return new RunResult(spec, violation, world.Ended?.Stack, world.Digest, world.Steps, 0, [], []);
    }
}
