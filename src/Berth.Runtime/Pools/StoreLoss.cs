using Berth.Runtime.Ownership;
using Microsoft.Extensions.Logging;

namespace Berth.Runtime.Pools;

/// <summary>
/// That the store went back in time, and which shards give no seats for it. What a pool had that is opened from then on, its former owner alone
/// knew; so no seats are given of shards that are taken, and none is handed on to a member that might not know. It ends with the process.
/// </summary>
internal sealed class StoreLoss(ILogger log)
{
    private readonly bool[] _withheld = new bool[Shards.Count];
    private volatile bool _seen;

    /// <summary>The store was seen to have forgotten something.</summary>
    public bool IsSeen => _seen;

    /// <summary>Whether seats of this shard are withheld.</summary>
    public bool IsWithheld(int shard) => Volatile.Read(ref _withheld[shard]);

    /// <summary>A pool that is open here has lost events. It knows that of itself, and its shard's other pools know of themselves.</summary>
    public void See() => _seen = true;

    /// <summary>A sign that belongs to no shard. Pools that are open here know of themselves whether they lost something.</summary>
    public void See(string sign)
    {
        if (!_seen)
        {
            log.WentBack(sign);
            _seen = true;
        }
    }

    /// <summary>The store has forgotten who owned the shard: none of its seats is given any more.</summary>
    public void Withhold(int shard, string sign)
    {
        if (!IsWithheld(shard))
        {
            log.Withheld(sign);
            Volatile.Write(ref _withheld[shard], true);
            _seen = true;
        }
    }

    /// <summary>To be told of shards before their pools are opened.</summary>
    public void Take(IReadOnlyList<HeldShard> taken)
    {
        if (_seen && taken.Where(shard => !IsWithheld(shard.Number)).ToList() is [var first, ..] unknown)
        {
            log.TakenAfterLoss(unknown.Count, first.Number);
            unknown.ForEach(shard => Volatile.Write(ref _withheld[shard.Number], true));
        }
    }
}

internal static partial class StoreLossLog
{
    [LoggerMessage(
        Level = LogLevel.Critical, Message = "store.went-back: {sign}; shards that this member takes from now on give no seats until it starts again")]
    public static partial void WentBack(this ILogger log, string sign);

    [LoggerMessage(
        Level = LogLevel.Critical, Message = "store.went-back: {sign}; no seat of its pools is given here until this member starts again")]
    public static partial void Withheld(this ILogger log, string sign);

    [LoggerMessage(
        Level = LogLevel.Critical, Message = "store.went-back: {count} shards were taken after that, the first is {shard}; no seat of their pools is given here until this member starts again")]
    public static partial void TakenAfterLoss(this ILogger log, int count, int shard);
}
