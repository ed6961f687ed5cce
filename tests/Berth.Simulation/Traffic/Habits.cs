namespace Berth.Simulation.Traffic;

/// <summary>How the process of a node behaves. Chances are those of one occasion.</summary>
internal sealed record Habits
{
    /// <summary>How long it uses a seat, at the least and at the most.</summary>
    public Span Holds { get; init; } = new(1, 60);

    /// <summary>How long it does not want one between two uses.</summary>
    public Span Rests { get; init; } = new(0.1, 8);

    /// <summary>When it asks again after there was no seat.</summary>
    public Span AsksAgain { get; init; } = new(0.2, 3);

    /// <summary>When it tries again after it was told nothing definite.</summary>
    public Span Retries { get; init; } = new(0.1, 2);

    /// <summary>How long it waits for an answer.</summary>
    public Span Waits { get; init; } = new(5, 15);

    /// <summary>How long it is away after its process ended.</summary>
    public Span Away { get; init; } = new(0.2, 60);

    /// <summary>It renews late: most of the ttl is over.</summary>
    public double RenewsLate { get; init; } = 0.05;

    /// <summary>It renews at the very last moment.</summary>
    public double RenewsLast { get; init; } = 0.05;

    /// <summary>It renews at two members in quick succession.</summary>
    public double RenewsTwice { get; init; } = 0.05;

    /// <summary>Its process ends without a word: where it would renew, or while it waits for an answer.</summary>
    public double Crashes { get; init; } = 0.02;

    /// <summary>It stays with the member that it asked before.</summary>
    public double Stays { get; init; } = 0.8;

    /// <summary>After it gave its seat back it claims at another member at once.</summary>
    public double ClaimsAtOnce { get; init; } = 0.2;

    /// <summary>Where there is no seat, or after a release, it turns to another pool.</summary>
    public double ChangesPool { get; init; } = 0.05;

    /// <summary>It asks anew over a new connection while the old request is still under way.</summary>
    public double Overtakes { get; init; }
}

/// <summary>From so many seconds to so many.</summary>
internal sealed record Span(double Least, double Most)
{
    /// <summary>Half of the draws are in the first quarter: what is quick is what meets others.</summary>
    public TimeSpan Draw(Kernel.Dice dice)
    {
        var far = dice.Fraction();
        return TimeSpan.FromSeconds(Least + ((Most - Least) * far * far));
    }
}
