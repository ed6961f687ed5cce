using Berth.Simulation.Checks;
using Berth.Simulation.Cluster;
using Berth.Simulation.Faults;
using Berth.Simulation.Mutants;
using Berth.Simulation.Traffic;

namespace Berth.Simulation.Runs;

/// <summary>One run from its beginning to its end, or to the first thing that does not hold. On the calling thread.</summary>
internal static class SimulatedRun
{
    /// <summary>Does the run.</summary>
    /// <param name="spec">Which.</param>
    /// <param name="line">Told each line of the history; null: nobody keeps one, which is much faster.</param>
    public static RunResult Do(RunSpec spec, Action<string>? line) => Do(spec, SetupOf(spec), line);

    /// <summary>The same with a set-up that was changed.</summary>
    public static RunResult Do(RunSpec spec, Setup setup, Action<string>? line)
    {
        using var world = setup.NewWorld();
        var stage = setup.Start(world, spec.WithoutAskers, spec.WithoutFaults);
        var witness = stage.Cluster.Witness;
        witness.Line = line;
        witness.Say($"{setup}");
        AllChecks.AddTo(stage.Cluster);
        if (world.RunUntil(RunTimes.Quiet))
        {
            witness.Tell(check => check.OnQuiet());
        }

        if (world.RunUntil(RunTimes.Silence))
        {
            witness.Tell(check => check.OnSilence());
        }

        if (world.RunUntil(RunTimes.End))
        {
            witness.Tell(check => check.OnEnd());
        }

        var violation = witness.Violation
            ?? (world.Ended is { } ended ? new Violation(ended.Kind.ToString(), ended.Reason, ended.At) : null);
        return new RunResult(spec, violation, world.Ended?.Stack, world.Digest, world.Steps, stage.Crowd.Counts.Sent, FaultsOf(setup, spec), AskersOf(setup, spec));
    }

    private static Setup SetupOf(RunSpec spec)
    {
        var setup = Setup.Of(spec.Seed);
        return spec.Mutant is { } name && AllMutants.Named(name) is SeamMutant mutant
            ? setup with { Cluster = mutant.Over(setup.Cluster) }
            : setup;
    }

    private static List<string> FaultsOf(Setup setup, RunSpec spec) =>
        [.. setup.Faults.Faults.Where(fault => !spec.WithoutFaults.Contains(fault.Index)).Select(fault => fault.ToString()!)];

    private static List<string> AskersOf(Setup setup, RunSpec spec) =>
        [.. setup.Traffic.Askers.Where(asker => !spec.WithoutAskers.Contains(asker))];
}
