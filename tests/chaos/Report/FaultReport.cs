using System.Globalization;
using Berth.Chaos.Checks;
using Berth.Chaos.Nodes;

namespace Berth.Chaos.Report;

/// <summary>What came of one fault.</summary>
internal sealed class FaultReport(string fault)
{
    private readonly List<string> _notes = [];
    private readonly List<Violation> _violations = [];

    /// <summary>Which one.</summary>
    public string Fault => fault;

    /// <summary>The owner was killed: how long its slowest pool gave no new claim.</summary>
    public TimeSpan? Kill { get; private set; }

    /// <summary>The owner fell silent: how long its slowest pool gave no new claim.</summary>
    public TimeSpan? Silent { get; private set; }

    /// <summary>Members were stopped in an orderly way: what nodes wanted meanwhile and no member did.</summary>
    public int? PlannedRefused { get; private set; }

    /// <summary>Members were stopped in an orderly way: the slowest claim.</summary>
    public TimeSpan? PlannedSlowest { get; private set; }

    /// <summary>What was acknowledged is gone: nothing that was asked before this moment counts any more. Null: nothing is.</summary>
    public TimeSpan? Forgotten { get; set; }

    /// <summary>What must not have been.</summary>
    public IReadOnlyList<Violation> Violations => _violations;

    /// <summary>What is worth reading.</summary>
    public string Notes => string.Join(", ", _notes);

    /// <summary>Adds something worth reading.</summary>
    public void Note(string note) => _notes.Add(note);

    /// <summary>Adds something that must not have been.</summary>
    public void Violate(params IEnumerable<Violation> violations) => _violations.AddRange(violations);

    /// <summary>The owner was killed.</summary>
    public void Killed(IReadOnlyList<Recovery> recoveries, TimeSpan now)
    {
        Kill = Slowest("kill", recoveries, now);
    }

    /// <summary>The owner fell silent.</summary>
    public void FellSilent(IReadOnlyList<Recovery> recoveries, TimeSpan now)
    {
        Silent = Slowest("silent", recoveries, now);
    }

    /// <summary>Everything is over: how long until each pool was served through each member.</summary>
    public void Healed(IReadOnlyList<Recovery> recoveries, TimeSpan now) => Slowest("whole after", recoveries, now);

    /// <summary>Members were stopped in an orderly way.</summary>
    public void Planned(IReadOnlyList<Errand> errands)
    {
        PlannedRefused = errands.Count(errand => errand.WasRefused);
        PlannedSlowest = errands.Where(errand => !errand.IsHeartbeat).Select(errand => errand.Took).DefaultIfEmpty().Max();
        var heartbeats = errands.Where(errand => errand.IsHeartbeat).Select(errand => errand.Took).DefaultIfEmpty().Max();
        Note(string.Create(
            CultureInfo.InvariantCulture,
            $"{errands.Count} errands, {errands.Count(errand => errand.Tries > 1)} asked a second member, slowest claim {PlannedSlowest.Value.TotalMilliseconds:0} ms, heartbeat {heartbeats.TotalMilliseconds:0} ms"));
        foreach (var refused in errands.Where(errand => errand.WasRefused).Take(3))
        {
            Note($"REFUSED {refused.Last}");
        }
    }

    private TimeSpan? Slowest(string what, IReadOnlyList<Recovery> recoveries, TimeSpan now)
    {
        if (recoveries.Count == 0)
        {
            Note($"{what}: nothing to measure");
            return null;
        }

        foreach (var never in recoveries.Where(recovery => recovery.Took == TimeSpan.MaxValue))
        {
            Violate(new Violation(ViolationKind.Broken, now, $"{fault}: {what}: {never.Pool} was not served through {never.Member} for as long as it was tried"));
        }

        var slowest = recoveries.MaxBy(recovery => recovery.Took)!;
        if (slowest.Took == TimeSpan.MaxValue)
        {
            Note($"{what} never");
            return null;
        }

        var first = recoveries.GroupBy(recovery => recovery.Pool).Max(pool => pool.Min(recovery => recovery.Took));
        Note(string.Create(
            CultureInfo.InvariantCulture,
            $"{what} {slowest.Took.TotalMilliseconds:0} ms ({slowest.Pool} through {slowest.Member}, through any {first.TotalMilliseconds:0} ms)"));
        return slowest.Took;
    }
}
