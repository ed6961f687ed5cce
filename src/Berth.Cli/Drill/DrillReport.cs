namespace Berth.Cli.Drill;

/// <summary>What a drill found.</summary>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="Member">The member that was drained.</param>
/// <param name="At">When it began.</param>
/// <param name="Shards">How many shards the member had.</param>
/// <param name="Pools">How many pools were in them; null: it did not say.</param>
/// <param name="Claims">How many claims lived in them; null: it did not say.</param>
/// <param name="Away">The way to the others.</param>
/// <param name="HeldMs">How long the others had them, in milliseconds.</param>
/// <param name="Back">The way back.</param>
/// <param name="Probe">What was answered meanwhile to whoever asked the pools.</param>
/// <param name="GivenBack">Every shard is where it was before.</param>
/// <param name="Problems">What was refused, and what is not where it was; empty: nothing.</param>
internal sealed record DrillReport(
    string Cluster,
    string Member,
    DateTimeOffset At,
    int Shards,
    int? Pools,
    long? Claims,
    DrillLeg Away,
    double HeldMs,
    DrillLeg Back,
    DrillProbeResult Probe,
    bool GivenBack,
    IReadOnlyList<string> Problems);

/// <summary>One way of the shards.</summary>
/// <param name="Moved">How many were moved.</param>
/// <param name="Refused">How many moves were refused or not answered.</param>
/// <param name="TookMs">How long all of it took, in milliseconds.</param>
/// <param name="LongestPauseMs">The longest time that one shard was without an owner that takes commands, in milliseconds.</param>
/// <param name="MeanPauseMs">The mean of these times.</param>
internal sealed record DrillLeg(int Moved, int Refused, double TookMs, double LongestPauseMs, double MeanPauseMs);

/// <summary>What was answered to questions about pools in the shards that moved: each goes the way of a claim, to the pool's owner, and changes nothing.</summary>
/// <param name="Pools">How many pools were asked, again and again.</param>
/// <param name="Answers">How many answers came.</param>
/// <param name="Refused">How many questions were refused, or not answered.</param>
/// <param name="Late">How many answers took longer than <see cref="LateMs"/>.</param>
/// <param name="LongestMs">The longest answer, in milliseconds.</param>
internal sealed record DrillProbeResult(int Pools, long Answers, long Refused, long Late, double LongestMs)
{
    /// <summary>What counts as late, in milliseconds.</summary>
    public const double LateMs = 250;
}
