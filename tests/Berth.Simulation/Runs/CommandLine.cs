using System.Globalization;
using Berth.Simulation.Mutants;
using Berth.Simulation.Mutants.Building;
using Berth.Simulation.Report;

namespace Berth.Simulation.Runs;

/// <summary>
/// What is asked of the simulator: <c>[--runs N] [--seed FIRST] [--minutes M] [--threads T] [--mutant NAME] [--mutants] [--verbose]
/// [--brief]</c>, and for a reduced run <c>--without-faults</c> and <c>--without-askers</c>.
/// </summary>
internal static class CommandLine
{
    private const int LinesShown = 120;

    /// <summary>The most runs that making a failure smaller may take.</summary>
    private const int MostReductions = 150;

    /// <summary>Runs what is asked. 0: everything held; 1: something did not; 2: it was not understood.</summary>
    /// <param name="args">What is asked.</param>
    /// <param name="to">Where it is answered.</param>
    /// <param name="shared">Builds patches where many mutants are run, so that its compiler stays warm; null: one of its own does.</param>
    public static int Run(string[] args, TextWriter to, PatchedBuild? shared = null)
    {
        if (Request.Parse(args, out var flaw) is not { } request)
        {
            to.WriteLine($"error: {flaw}");
            return 2;
        }

        if (request.ListsMutants)
        {
            AllMutants.All.ToList().ForEach(mutant => to.WriteLine(mutant.Name));
            return 0;
        }

        if (request.Spec.Mutant is not { } name)
        {
            return RunMany(request, to);
        }

        switch (AllMutants.Named(name))
        {
            case PatchMutant mutant when shared is not null:
                return PatchedSimulator.Run(shared.Of(mutant), args, to);
            case PatchMutant mutant:
                using (var build = new PatchedBuild())
                {
                    return PatchedSimulator.Run(build.Of(mutant), args, to);
                }

            case SeamMutant:
                return RunMany(request, to);
            default:
                to.WriteLine($"error: there is no mutant {name}; --mutants lists them");
                return 2;
        }
    }

    /// <summary>Runs what is asked with the product as it is loaded: a mutant that is a patch is in it already.</summary>
    public static int RunAsBuilt(string[] args, TextWriter to) => RunMany(Request.Parse(args, out _)!, to);

    private static int RunMany(Request request, TextWriter to)
    {
        var started = TimeProvider.System.GetTimestamp();
        var batch = new Batch(spec => SimulatedRun.Do(spec, null), request.Threads);
        var failed = batch.Run(request.Spec, begun =>
            request.Minutes is { } minutes
                ? TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromMinutes(minutes)
                : begun < request.Runs);
        var took = TimeProvider.System.GetElapsedTime(started);
        to.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{batch.Done} runs of ten virtual minutes with five members from seed {request.Spec.Seed}: {batch.Requests} requests, {batch.Steps} steps, {took.TotalSeconds:F1} s on {request.Threads} threads"));
        if (failed is null)
        {
            to.WriteLine("no violation");
            return 0;
        }

        Show(failed, request, to);
        return 1;
    }

    private static void Show(RunResult failed, Request request, TextWriter to)
    {
        to.WriteLine($"VIOLATION of {failed.Violation!.Check} in seed {failed.Spec.Seed} at {failed.Violation.At:mm\\:ss\\.fff}, commit {Commit.Current()}");
        to.WriteLine($"  {failed.Violation.What}");
        if (request.Brief)
        {
            return;
        }

        var reduced = new Reduction(spec => SimulatedRun.Do(spec, null), MostReductions).Of(failed);
        var history = new History(LinesShown);
        var again = SimulatedRun.Do(reduced.Spec, history.Add);
        to.WriteLine(
            $"reduced to {again.Faults.Count} faults and {again.Askers.Count} askers; it runs again identically (digest {again.Digest:x16}{(again.Digest == reduced.Digest ? string.Empty : ", WHICH IS NOT THE SAME")}) with");
        to.WriteLine($"  dotnet run -c Release --project tests/Berth.Simulation -- {again.Spec.Arguments} --verbose");
        foreach (var fault in again.Faults)
        {
            to.WriteLine($"  fault {fault}");
        }

        to.WriteLine($"  the last {history.Lines.Count} lines of {history.Lines.Count + history.Forgotten}:");
        foreach (var line in history.Lines)
        {
            to.WriteLine($"    {line}");
        }

        if (again.Stack is not null)
        {
            to.WriteLine(again.Stack);
        }
    }
}
