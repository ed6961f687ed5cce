namespace Berth.Chaos.Checks;

/// <summary>What must not be.</summary>
internal enum ViolationKind
{
    /// <summary>A node was told that it does not hold what it had been promised, or what was acknowledged is not in the journal.</summary>
    Lost,

    /// <summary>At one moment more nodes held seats of a license, by what they were told, than it has.</summary>
    Oversold,

    /// <summary>A seat that nobody holds is not given to anybody.</summary>
    Leaked,

    /// <summary>Something else that a fault must not lead to, such as a pool that is not served again.</summary>
    Broken,
}

/// <summary>One thing that must not be.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="At">When, on the clock of the harness.</param>
/// <param name="What">The facts.</param>
/// <param name="Count">How many seats or claims it is about.</param>
internal sealed record Violation(ViolationKind Kind, TimeSpan At, string What, int Count = 1);
