using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;

namespace Berth.Runtime.Routing;

/// <summary>What one member wants of another.</summary>
internal enum HopKind
{
    /// <summary>Only who it is and what its clock shows.</summary>
    Hello = 1,

    /// <summary>A command for a pool that it owns.</summary>
    Call = 2,

    /// <summary>The table has changed in its favor: look at once.</summary>
    Look = 3,

    /// <summary>What only it knows of itself: a <see cref="MemberAccount"/>.</summary>
    Describe = 4,

    /// <summary>An operator wants a shard that it owns to be somewhere else.</summary>
    Move = 5,

    /// <summary>An operator wants a shard to stay with it for a while.</summary>
    Keep = 6,
}

/// <summary>What one member sends another. A hop is never passed on.</summary>
/// <param name="Kind">What is wanted.</param>
/// <param name="From">The life of the member that sends.</param>
/// <param name="Number">The number of this hop among those of <paramref name="From"/>: the same one is never done twice.</param>
/// <param name="To">The life of the member whose clock <paramref name="NotAfterMs"/> was read from.</param>
/// <param name="NotAfterMs">
/// When its time has run out, in milliseconds on the clock of the receiver. A time that is left would begin again with every delay
/// on the way.
/// </param>
/// <param name="Pool">The pool of a call.</param>
/// <param name="Command">The command of a call.</param>
/// <param name="Rows">The license files of a call.</param>
internal sealed record HopRequest(
    HopKind Kind,
    Incarnation From,
    long Number,
    Incarnation To,
    long NotAfterMs,
    PoolName Pool,
    PoolCommand? Command,
    IReadOnlyList<LicenseRow> Rows)
{
    /// <summary>What is wanted of a shard; null: nothing.</summary>
    public ShardOrder? Order { get; init; }
}

/// <summary>What comes back.</summary>
/// <param name="At">The life of the member that answers.</param>
/// <param name="NowMs">What its clock showed when it answered, in milliseconds.</param>
/// <param name="Epoch">The ownership that a call was answered under; 0: none.</param>
/// <param name="Reply">The answer to a call; <see cref="NotOwner"/> to anything that was not done.</param>
internal sealed record HopResponse(Incarnation At, long NowMs, Epoch Epoch, PoolReply Reply)
{
    /// <summary>Since when the license file that the reply hands out is what it is, in numbers of <see cref="At"/>; 0: it hands out none.</summary>
    public long FileNumber { get; init; }

    /// <summary>What the wall clock of <see cref="At"/> shows, where the reply shows times of it (Unix milliseconds); null: it shows none.</summary>
    public long? WallMs { get; init; }

    /// <summary>What was asked for besides a reply, in bytes that its kind of request knows how to read; empty: nothing.</summary>
    public ReadOnlyMemory<byte> Note { get; init; }
}
