namespace Berth.Simulation.Model;

/// <summary>How a claim ended.</summary>
internal enum ClaimEnd
{
    Live,
    Released,
    Moved,
    Expired,
    Taken,
}

/// <summary>One claim, from its grant on, as the committed events have it.</summary>
internal sealed class LedgerClaim(string node, string license, long number, TimeSpan since)
{
    public string Node { get; } = node;

    public string License { get; } = license;

    /// <summary>The number of the grant.</summary>
    public long Number { get; } = number;

    public TimeSpan Since { get; } = since;

    public ClaimEnd End { get; private set; }

    /// <summary>When it ended; <see cref="TimeSpan.MaxValue"/>: it is live.</summary>
    public TimeSpan EndedAt { get; private set; } = TimeSpan.MaxValue;

    public bool IsLive => End == ClaimEnd.Live;

    public void Ends(ClaimEnd end, TimeSpan at) => (End, EndedAt) = (end, at);

    /// <summary>Whether it was live at some instant from <paramref name="from"/> until now.</summary>
    public bool WasLiveSince(TimeSpan from) => EndedAt >= from;

    public override string ToString() => FormattableString.Invariant(
        $"grant {Number} of {License} to {Node}, since {Since}{(IsLive ? "" : FormattableString.Invariant($", {End} at {EndedAt}"))}");
}
