using Berth.Benchmarks.Load;

namespace Berth.Benchmarks.Edge;

/// <summary>What a run has found so far. A part that was not asked for stays null or empty.</summary>
internal sealed class EdgeFigures
{
    public Duel? Heartbeats { get; set; }

    public Duel? Claims { get; set; }

    public Duel? Flat { get; set; }

    /// <summary>Duels that are shown and do not count.</summary>
    public List<Duel> Printed { get; } = [];

    public List<StormResult> Storms { get; } = [];

    /// <summary>Where the bare endpoint did not answer what Berth answers.</summary>
    public List<string> Differences { get; } = [];

    /// <summary>How much of all processor time went to processes that are not of this run.</summary>
    public double? OthersShare { get; set; }

    public int ClaimAnswerBytes { get; set; }

    public double? ClaimP99Ms => Claims is null ? null : Duel.Median(Claims.OfFirst.Select(sample => sample.P99Ms));

    public double? StormMs => Storms.Count == 0 ? null : Duel.Median(Storms.Select(storm => storm.Ms));

    public bool StormsExact => Storms.TrueForAll(storm =>
        storm is { Created: EdgePlan.StormSeats, Gone: EdgePlan.StormClaims - EdgePlan.StormSeats, ServerErrors: 0, Other: 0 });
}
