using Berth.Simulation.Checks;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Cluster;

/// <summary>Tells every check, and whoever keeps the history, what happens at the instant it happens.</summary>
internal sealed class Witness(World world)
{
    private readonly List<Check> _checks = [];

    /// <summary>The first thing that a check found wrong; null: nothing.</summary>
    public Violation? Violation { get; private set; }

    /// <summary>Told a line of the history, if anybody keeps one.</summary>
    public Action<string>? Line { get; set; }

    /// <summary>Adds a check: it is handed the way to report.</summary>
    public void Add(Func<Action<string>, Check> make)
    {
        string? name = null;
        var check = make(what => Report(name ?? "?", what));
        name = check.GetType().Name;
        _checks.Add(check);
    }

    /// <summary>Writes a line of the history. The text is only made if somebody keeps it.</summary>
    public void Say(FormattableString line) => Line?.Invoke($"{world.Now:mm\\:ss\\.ffff} {FormattableString.Invariant(line)}");

    public void Tell(Action<Check> fact)
    {
        foreach (var check in _checks)
        {
            fact(check);
        }
    }

    private void Report(string check, string what)
    {
        Violation ??= new Violation(check, what, world.Now);
        Say($"VIOLATION {check}: {what}");
        world.Stop($"{check}: {what}");
    }
}

/// <summary>A property that did not hold.</summary>
/// <param name="Check">The name of the check.</param>
/// <param name="What">What was wrong, with the values.</param>
/// <param name="At">When.</param>
internal sealed record Violation(string Check, string What, TimeSpan At);
