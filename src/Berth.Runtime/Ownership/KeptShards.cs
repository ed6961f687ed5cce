namespace Berth.Runtime.Ownership;

/// <summary>
/// Shards that an operator has moved to this member, and that planned moves leave here for a while. Memory of this process: when it ends,
/// or the time is over, everything goes where it belongs.
/// </summary>
internal sealed class KeptShards(TimeProvider time)
{
    /// <summary>The longest time.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>The monotonic timestamps until which each is kept; 0: it is not.</summary>
    private readonly long[] _until = new long[Shards.Count];

    /// <summary>Keeps a shard for so long from now, whether or not it is here yet; zero: no longer.</summary>
    public void Keep(int shard, TimeSpan span)
    {
        var kept = span > Longest ? Longest : span;
        Volatile.Write(
            ref _until[shard], kept <= TimeSpan.Zero ? 0 : time.GetTimestamp() + (long)(kept.TotalSeconds * time.TimestampFrequency));
    }

    /// <summary>For how much longer a shard is kept; zero: it is not.</summary>
    public TimeSpan LeftOf(int shard)
    {
        var until = Volatile.Read(ref _until[shard]);
        var now = time.GetTimestamp();
        return until > now ? time.GetElapsedTime(now, until) : TimeSpan.Zero;
    }

    /// <summary>Planned moves leave it here.</summary>
    public bool Keeps(int shard) => LeftOf(shard) > TimeSpan.Zero;
}
