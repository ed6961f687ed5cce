namespace Berth.Simulation.Kernel;

/// <summary>How disorderly the schedulers of a world are. What stays at zero costs no draw.</summary>
internal sealed record WorldOptions
{
    /// <summary>How often, of several processes with work, one goes first that was not the first to have it.</summary>
    public double OtherFirst { get; init; } = 0.125;

    /// <summary>How often a continuation waits for a thread, so that others of its process overtake it.</summary>
    public double Delayed { get; init; }

    /// <summary>How long it waits at the most.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How late a timer may fire.</summary>
    public TimeSpan LatestTimer { get; init; }

    /// <summary>More steps at one instant are a loop that waits for nothing.</summary>
    public int MostStepsAtOnce { get; init; } = 1_000_000;

    /// <summary>What the wall clocks show at the start.</summary>
    public DateTimeOffset Start { get; init; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
}
