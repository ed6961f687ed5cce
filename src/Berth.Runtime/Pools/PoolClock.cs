namespace Berth.Runtime.Pools;

/// <summary>
/// The member's service clock as one pool sees it: it also stands still while the pool waits for the store, because renewals
/// wait with it. Of each wait at most <see cref="ServiceClock.LongestGap"/> counts. Used by the pool's actor alone.
/// </summary>
internal sealed class PoolClock(ServiceClock member)
{
    private long _stoodMs;
    private long? _waitingSinceMs;

    /// <summary>Milliseconds in which renewals could be accepted.</summary>
    public long NowMs => (_waitingSinceMs ?? member.NowMs) - _stoodMs;

    /// <summary>The store is asked. Nothing changes if it is asked already.</summary>
    public void BeginWait() => _waitingSinceMs ??= member.NowMs;

    /// <summary>The store has answered, and mails are taken again.</summary>
    public void EndWait()
    {
        if (_waitingSinceMs is { } since)
        {
            _stoodMs += Math.Max(0, member.NowMs - since - (long)ServiceClock.LongestGap.TotalMilliseconds);
            _waitingSinceMs = null;
        }
    }

    /// <summary>What the member's clock shows at a moment of this one, if the pool does not wait again until then.</summary>
    public long OnMemberClock(long atMs) => atMs + _stoodMs;
}
