using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Runtime.Metrics;

/// <summary>What a pool was asked and answered, since the process began; kept while others own the pool. Any thread may count.</summary>
public sealed class PoolCounts
{
    private readonly long[] _counts = new long[(int)PoolCount.Culled + 1];

    /// <summary>How often this was answered.</summary>
    public long this[PoolCount what] => Interlocked.Read(ref _counts[(int)what]);

    /// <summary>Counts an answer to a claim or a release, and returns it.</summary>
    public PoolReply Noted(PoolCommand command, PoolReply reply)
    {
        if (KindOf(command, reply) is { } what)
        {
            Add(what);
        }

        return reply;
    }

    /// <summary>The same where more was decided than may be told.</summary>
    internal PoolReply Noted(PoolCommand command, PoolReply reply, PoolReply? decided)
    {
        if (decided is Renewed && reply is not Renewed)
        {
            Add(PoolCount.NotTold);
            return reply;
        }

        return Noted(command, reply);
    }

    /// <summary>A claim was past its deadline, and is no more.</summary>
    internal void Culled() => Add(PoolCount.Culled);

    private static PoolCount? KindOf(PoolCommand command, PoolReply reply) => command switch
    {
        ClaimSeat => OfClaim(reply),
        ReleaseSeat => OfRelease(reply),
        _ => null,
    };

    /// <summary>The denials are those of <see cref="DenialReasons"/>.</summary>
    private static PoolCount? OfClaim(PoolReply reply) => reply switch
    {
        Renewed => PoolCount.Renewed,
        Granted => PoolCount.Granted,
        NoSeatFree { Reason: DenialReason.NoLicenses } => PoolCount.NoLicenses,
        NoSeatFree { Reason: DenialReason.AllHeld } => PoolCount.AllHeld,
        NoSeatFree => PoolCount.Expired,
        HeldElsewhere => PoolCount.HeldElsewhere,
        CoolingDown => PoolCount.CoolingDown,
        OtherClaimKey => PoolCount.OtherClaimKey,
        AlreadyHeld => PoolCount.AlreadyHeld,
        GrantsWithheld => PoolCount.Withheld,
        Busy or NotWritten => PoolCount.Unavailable,
        Unknown => PoolCount.Unknown,
        _ => null,
    };

    private static PoolCount? OfRelease(PoolReply reply) => reply switch
    {
        Released => PoolCount.Released,
        NotHeld or OtherClaimKey => PoolCount.ReleaseNotHeld,
        Busy or NotWritten => PoolCount.ReleaseUnavailable,
        Unknown => PoolCount.ReleaseUnknown,
        _ => null,
    };

    private void Add(PoolCount what) => Interlocked.Increment(ref _counts[(int)what]);
}

/// <summary>What is counted for each pool.</summary>
public enum PoolCount
{
    /// <summary>Claims that got a seat.</summary>
    Granted,

    /// <summary>Claims denied: the pool has no license.</summary>
    NoLicenses,

    /// <summary>Claims denied: every seat is held.</summary>
    AllHeld,

    /// <summary>Claims denied: what is free is of licenses past their end.</summary>
    Expired,

    /// <summary>Claims denied: the node holds a seat in another pool, and may hold one.</summary>
    HeldElsewhere,

    /// <summary>Claims denied: an operator took the seat away a while ago.</summary>
    CoolingDown,

    /// <summary>Claims denied: the node's claim was made with another claim key.</summary>
    OtherClaimKey,

    /// <summary>Claims of a node that holds its seat, where heartbeats are off.</summary>
    AlreadyHeld,

    /// <summary>Claims refused because the store is a restored copy or went back in time.</summary>
    Withheld,

    /// <summary>Claims that certainly did nothing: too much waited, or the store refused.</summary>
    Unavailable,

    /// <summary>Claims of which nobody knows what became.</summary>
    Unknown,

    /// <summary>Heartbeats that were answered.</summary>
    Renewed,

    /// <summary>Heartbeats that could not be answered, because the member had no lease.</summary>
    NotTold,

    /// <summary>Releases that freed a seat.</summary>
    Released,

    /// <summary>Releases by who held nothing.</summary>
    ReleaseNotHeld,

    /// <summary>Releases that certainly did nothing.</summary>
    ReleaseUnavailable,

    /// <summary>Releases of which nobody knows what became.</summary>
    ReleaseUnknown,

    /// <summary>Claims that ended because their node was silent.</summary>
    Culled,
}
