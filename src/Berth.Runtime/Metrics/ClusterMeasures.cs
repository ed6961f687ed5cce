namespace Berth.Runtime.Metrics;

/// <summary>What a member counts of its part in the cluster.</summary>
public sealed class ClusterMeasures
{
    /// <summary>
    /// From when the member saw that nobody serves some shards of a member that is gone until their pools were open here, or could not be
    /// opened: one for each takeover.
    /// </summary>
    public Histogram Takeovers { get; } = new(0.1, 0.25, 0.5, 1, 2, 3, 4, 5, 7.5, 10, 15, 30, 60);

    /// <summary>From sending a command to another member until its answer was there, or was waited for no longer.</summary>
    public Histogram Hops { get; } = new(Histogram.Usual);

    /// <summary>Hops that the owner answered.</summary>
    public Counter HopsAnswered { get; } = new();

    /// <summary>Hops of which certainly nothing came: the owner was not reached, or is it no more.</summary>
    public Counter HopsRefused { get; } = new();

    /// <summary>Hops of which nobody knows what became.</summary>
    public Counter HopsUnknown { get; } = new();

    /// <summary>Shards that this member began to serve, however it came by them.</summary>
    public Counter ShardsGained { get; } = new();

    /// <summary>Those among them that it took because nobody served them.</summary>
    public Counter ShardsTaken { get; } = new();

    /// <summary>Shards that it handed on.</summary>
    public Counter ShardsHandedOn { get; } = new();

    /// <summary>Shards that others took from it.</summary>
    public Counter ShardsLost { get; } = new();
}
