using Berth.Chaos.History;

namespace Berth.Chaos.Nodes;

/// <summary>What a node wanted once, over as many members as it had to ask.</summary>
/// <param name="IsHeartbeat">It held a seat for certain and renewed it; otherwise it claimed one, or a release of its own may yet be done.</param>
/// <param name="Began">Before it asked the first member.</param>
/// <param name="Ended">When it had its answer, or had asked every member in vain.</param>
/// <param name="Last">The last request.</param>
/// <param name="Tries">How many members it asked.</param>
internal sealed record Errand(bool IsHeartbeat, TimeSpan Began, TimeSpan Ended, Operation Last, int Tries)
{
    /// <summary>How long it took.</summary>
    public TimeSpan Took => Ended - Began;

    /// <summary>No member did it. That no seat is free is an answer to somebody who holds none.</summary>
    public bool WasRefused => Last.Outcome != Outcome.Ok && !(Last.Status == 410 && !IsHeartbeat);
}
