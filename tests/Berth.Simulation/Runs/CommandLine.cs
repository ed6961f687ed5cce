using System.Globalization;
using Berth.Simulation.Report;

namespace Berth.Simulation.Runs;

/// <summary>
/// What is asked of the simulator: <c>[--runs N] [--seed FIRST] [--minutes M] [--threads T] [--mutant NAME] [--mutants] [--verbose]</c>,
/// and for a reduced run <c>--without-faults</c> and <c>--without-askers</c>.
/// </summary>
internal static class CommandLine
{
    private const int LinesShown = 120;

    /// <summary>The most runs that making a failure smaller may take.</summary>
    private const int MostReductions = 150;

    /// <summary>Runs what is asked. 0: everything held; 1: something did not; 2: it was not understood.</summary>
    public static int Run(string[] args, TextWriter to)
    {
        if (Request.Parse(args, out var flaw) is not { } request)
        {
            to.WriteLine($"error: {flaw}");
            return 2;
        }

        return RunMany(request, to);
    }

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

        Show(failed, to);
        return 1;
    }

    private static void Show(RunResult failed, TextWriter to)
    {
        to.WriteLine($"VIOLATION of {failed.Violation!.Check} in seed {failed.Spec.Seed} at {failed.Violation.At:mm\\:ss\\.fff}, commit {Commit.Current()}");
        to.WriteLine($"  {failed.Violation.What}");
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
