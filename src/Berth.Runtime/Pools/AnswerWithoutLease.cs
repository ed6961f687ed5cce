using Berth.Pools;

namespace Berth.Runtime.Pools;

/// <summary>
/// What may be said of a decision when the member has no lease, or has given the shard up. What is durable stays true: a release is
/// a release. What promises time may not be said any more, because another owner may have decided otherwise since.
/// </summary>
internal static class AnswerWithoutLease
{
    /// <summary>The answer that is left of <paramref name="decided"/>.</summary>
    /// <param name="decided">What was decided, and is durable if it wrote.</param>
    /// <param name="wrote">The decision made events.</param>
    public static PoolReply To(PoolReply decided, bool wrote) => decided switch
    {
        Granted or Renewed when wrote => Unknown.Instance,
        Released or Changed when wrote => decided,
        Busy or NotWritten or NotOwner or Unknown => decided,
        _ => NotOwner.Instance,
    };
}
