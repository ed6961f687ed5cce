namespace Berth.Simulation.Kernel;

/// <summary>Why a run ended before its time.</summary>
internal enum EndingKind
{
    /// <summary>Somebody called <see cref="World.Stop"/>.</summary>
    Stopped,

    /// <summary>An exception escaped from a step, or from what a process had started.</summary>
    Escaped,

    /// <summary>A thread that is not the world's posted, set a timer or ran a step.</summary>
    ForeignThread,

    /// <summary>Steps at one instant came to no end.</summary>
    Livelock,
}

/// <summary>How a run ended before its time.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Reason">In words, with the process.</param>
/// <param name="Stack">Where, if that is known.</param>
/// <param name="At">When.</param>
/// <param name="Step">After how many steps.</param>
internal sealed record Ending(EndingKind Kind, string Reason, string? Stack, TimeSpan At, long Step);
