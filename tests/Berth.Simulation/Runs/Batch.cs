namespace Berth.Simulation.Runs;

/// <summary>Many runs beside each other, one on each thread at a time. The first violations end it.</summary>
internal sealed class Batch(Func<RunSpec, RunResult> run, int threads)
{
    /// <summary>Guards the fields below.</summary>
    private readonly Lock _gate = new();
    private readonly List<RunResult> _violations = [];
    private ulong _next;
    private long _done;

    /// <summary>Runs that ended.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>Steps of all of them.</summary>
    public long Steps { get; private set; }

    /// <summary>What nodes asked in all of them.</summary>
    public long Requests { get; private set; }

    /// <summary>
    /// Runs seeds from <paramref name="first"/> on until <paramref name="goesOn"/> says no, for a number of them that were begun.
    /// Returns the violation of the smallest seed; null: there was none.
    /// </summary>
    public RunResult? Run(RunSpec first, Func<ulong, bool> goesOn)
    {
        var workers = Enumerable.Range(0, threads).Select(_ => new Thread(() => Work(first, goesOn)) { IsBackground = true }).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        return _violations.MinBy(result => result.Spec.Seed);
    }

    private void Work(RunSpec first, Func<ulong, bool> goesOn)
    {
        while (true)
        {
            ulong begun;
            lock (_gate)
            {
                if (_violations.Count > 0 || !goesOn(_next))
                {
                    return;
                }

                begun = _next++;
            }

            var result = run(first with { Seed = unchecked(first.Seed + begun) });
            lock (_gate)
            {
                _done++;
                Steps += result.Steps;
                Requests += result.Requests;
                if (result.Violation is not null)
                {
                    _violations.Add(result);
                }
            }
        }
    }
}
