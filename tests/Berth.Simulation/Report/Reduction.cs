using Berth.Simulation.Runs;

namespace Berth.Simulation.Report;

/// <summary>
/// Makes a failing run smaller: leaves out faults and askers, by halves and then one by one, as long as the same check fails. Each
/// keeps its own dice, so what is left does what it did as far as it can.
/// </summary>
internal sealed class Reduction(Func<RunSpec, RunResult> run, int mostRuns)
{
    private int _runs;

    /// <summary>The smallest failing run that was found.</summary>
    public RunResult Of(RunResult failed)
    {
        var best = failed;
        best = Shrink(
            best,
            Enumerable.Range(0, failed.Faults.Count).Where(fault => !failed.Spec.WithoutFaults.Contains(fault)).ToList(),
            (spec, without) => spec with { WithoutFaults = new SortedSet<int>(spec.WithoutFaults.Concat(without)) });
        return Shrink(
            best,
            [.. failed.Askers.Where(asker => !failed.Spec.WithoutAskers.Contains(asker))],
            (spec, without) =>
                spec with { WithoutAskers = new SortedSet<string>(spec.WithoutAskers.Concat(without), StringComparer.Ordinal) });
    }

    private RunResult Shrink<T>(RunResult failed, List<T> parts, Func<RunSpec, IEnumerable<T>, RunSpec> leaveOut)
    {
        var best = failed;
        for (var size = Math.Max(1, parts.Count / 2); parts.Count > 0; size = Math.Max(1, size / 2))
        {
            for (var from = 0; from < parts.Count && _runs < mostRuns;)
            {
                var piece = parts.GetRange(from, Math.Min(size, parts.Count - from));
                _runs++;
                var smaller = run(leaveOut(best.Spec, piece));
                if (smaller.Violation?.Check == failed.Violation!.Check)
                {
                    best = smaller;
                    parts.RemoveRange(from, piece.Count);
                }
                else
                {
                    from += piece.Count;
                }
            }

            if (size == 1 || _runs >= mostRuns)
            {
                break;
            }
        }

        return best;
    }
}
