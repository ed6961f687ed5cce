using Berth.Pools;

namespace Berth.Runtime.Journal;

/// <summary>How often a node was denied a seat in a pool for one reason. Times are Unix milliseconds on the wall clock, to be shown.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Reason">Why, one of <see cref="DenialReasons"/>.</param>
/// <param name="Node">Who, or <see cref="OtherNodes"/>.</param>
/// <param name="Count">How often: at least 1.</param>
/// <param name="FirstMs">When first.</param>
/// <param name="LastMs">When last.</param>
public sealed record DenialCount(PoolName Pool, string Reason, Fingerprint Node, long Count, long FirstMs, long LastMs)
{
    /// <summary>The most that one call may record, so that it holds up no append for long.</summary>
    public const int MaxAtOnce = 256;

    /// <summary>The most that is stored for a pool; what comes on top counts for <see cref="OtherNodes"/>.</summary>
    public const int MaxStored = 100_000;

    /// <summary>All the nodes for whose names there was no room. A node of this name counts with them.</summary>
    public static readonly Fingerprint OtherNodes = new("other");

    /// <summary>Both together, for the same pool, reason and node.</summary>
    public DenialCount Plus(DenialCount more) => this with
    {
        Count = Count + more.Count,
        FirstMs = Math.Min(FirstMs, more.FirstMs),
        LastMs = Math.Max(LastMs, more.LastMs),
    };
}

/// <summary>A place in the denials of a pool, the most recent first.</summary>
public sealed record DenialPlace(long LastMs, Fingerprint Node, string Reason);

/// <summary>The denials of a pool for one reason. Times are Unix milliseconds on the wall clock, to be shown.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Count">How often.</param>
/// <param name="Nodes">How many counts were added up.</param>
/// <param name="FirstMs">When first.</param>
/// <param name="LastMs">When last.</param>
public sealed record DenialSum(string Reason, long Count, long Nodes, long FirstMs, long LastMs);

/// <summary>Why claims are denied, as it is stored: these words never change.</summary>
public static class DenialReasons
{
    /// <summary>The node holds a seat in another pool, and may hold one in all.</summary>
    public const string HeldElsewhere = "held-elsewhere";

    /// <summary>The reason that a reply to a claim gives; null: it denies nothing.</summary>
    public static string? Of(PoolReply reply) => reply switch
    {
        NoSeatFree { Reason: DenialReason.NoLicenses } => "no-licenses",
        NoSeatFree { Reason: DenialReason.AllHeld } => "all-held",
        NoSeatFree { Reason: DenialReason.Expired } => "expired",
        NoSeatFree unknown => throw new System.Diagnostics.UnreachableException($"The reason {unknown.Reason} has no name."),
        Berth.Pools.HeldElsewhere => HeldElsewhere,
        CoolingDown => "cooling-down",
        OtherClaimKey => "other-claim-key",
        _ => null,
    };
}
