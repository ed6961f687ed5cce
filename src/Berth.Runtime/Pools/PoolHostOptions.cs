using Berth.Pools;

namespace Berth.Runtime.Pools;

/// <summary>How a member runs its pools.</summary>
public sealed record PoolHostOptions
{
    /// <summary>What the rules are told. The recorded cluster policy replaces its policy at the start.</summary>
    public PoolRules Rules { get; init; } = PoolRules.Default;

    /// <summary>The cluster policy that this start asks for explicitly; null parts keep what is recorded.</summary>
    public PolicyException ExplicitPolicy { get; init; } = PolicyException.None;

    /// <summary>One claim a node over all pools. Exact on one member only.</summary>
    public bool ExclusiveNodes { get; init; }

    /// <summary>How often claims past their deadline are expired though nobody wants their seats: 15 s.</summary>
    public TimeSpan CullInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Mails that may wait for one pool. More are answered <see cref="Busy"/>.</summary>
    public int MailboxCapacity { get; init; } = 16_384;

    /// <summary>Mails decided together at the most.</summary>
    public int BatchMax { get; init; } = 512;

    /// <summary>A snapshot is written after this many events, or as many as it has entries (licenses and claims), if that is more.</summary>
    public int SnapshotEvery { get; init; } = 10_000;

    /// <summary>Pools that are opened at the same time in the background, after the start or a takeover: 8.</summary>
    public int OpenedTogether { get; init; } = 8;

    /// <summary>Whether denied claims are counted and recorded.</summary>
    public bool CountDenials { get; init; } = true;

    /// <summary>Where the random strategy starts.</summary>
    public ulong RandomSeed { get; init; } = 1;
}
