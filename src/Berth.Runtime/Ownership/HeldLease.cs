using System.Runtime.InteropServices;

namespace Berth.Runtime.Ownership;

/// <summary>Both clocks of the process at one moment.</summary>
/// <param name="Timestamp">The monotonic clock.</param>
/// <param name="WallTicks">The wall clock, in ticks of UTC.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ClockReading(long Timestamp, long WallTicks);

/// <summary>
/// A member's right to answer. It counts from before the renewal was sent, on the member's own monotonic clock: whoever takes over
/// measures from after he saw it. Where the wall clock has moved differently since, the process may have been frozen with its
/// monotonic clock, and the lease does not count until a renewal that was sent after that.
/// </summary>
public sealed class HeldLease
{
    /// <summary>
    /// How much longer than the lease a new owner waits: for drifting clocks, and for the way from the look at the lease to the wire.
    /// </summary>
    public static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(250);

    private readonly TimeProvider _time;
    private readonly TimeSpan _length;

    /// <summary>Replaced as a whole, so that its parts belong together.</summary>
    private volatile Standing _standing;

    /// <summary>A lease of a length; not held before the first renewal.</summary>
    public HeldLease(TimeProvider time, TimeSpan length)
    {
        _time = time;
        _length = length;
        _standing = new Standing(default, long.MinValue);
    }

    private HeldLease(TimeProvider time)
    {
        _time = time;
        _standing = new Standing(default, long.MaxValue);
    }

    /// <summary>How long it counts after a renewal; zero where it never ends.</summary>
    public TimeSpan Length => _length;

    /// <summary>The monotonic timestamp at which it ends; <see cref="long.MaxValue"/>: never.</summary>
    public long EndsAt => _standing.EndsAt;

    /// <summary>Whether an answer may be given now.</summary>
    public bool MayAnswer
    {
        get
        {
            var standing = _standing;
            if (standing.EndsAt == long.MaxValue)
            {
                return true;
            }

            var timestamp = _time.GetTimestamp();
            return timestamp < standing.EndsAt && !IsDoubtful(standing.Sent, timestamp);
        }
    }

    /// <summary>The right of the only member over a store that cannot be shared: the store's own lock is its lease.</summary>
    public static HeldLease Endless(TimeProvider time) => new(time);

    /// <summary>Both clocks, to be read before a renewal is sent.</summary>
    public ClockReading Read() => new(_time.GetTimestamp(), _time.GetUtcNow().UtcTicks);

    /// <summary>A renewal that was sent at <paramref name="sent"/> succeeded. An earlier end than the one held changes nothing.</summary>
    public void Renewed(ClockReading sent)
    {
        var endsAt = sent.Timestamp + (long)(_length.TotalSeconds * _time.TimestampFrequency);
        if (endsAt > _standing.EndsAt)
        {
            _standing = new Standing(sent, endsAt);
        }
    }

    /// <summary>The incarnation that held it has ended: no more answers.</summary>
    public void End() => _standing = new Standing(default, long.MinValue);

    private bool IsDoubtful(ClockReading sent, long timestamp)
    {
        var wall = TimeSpan.FromTicks(_time.GetUtcNow().UtcTicks - sent.WallTicks);
        return (wall - _time.GetElapsedTime(sent.Timestamp, timestamp)).Duration() > ServiceClock.StepTolerance;
    }

    private sealed record Standing(ClockReading Sent, long EndsAt);
}
