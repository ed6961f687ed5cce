using Berth.Runtime.Ownership;

namespace Berth.Runtime.Routing;

/// <summary>
/// What this member knows of another's monotonic clock: that it shows at least so much. Every answer brings a reading. A time limit
/// is told in the other's own time and rather too early, so that no delay on the way makes it longer.
/// </summary>
internal sealed class PeerClock(TimeProvider time)
{
    /// <summary>Two clocks part by no more than this, in milliseconds for each second.</summary>
    private const double DriftMsPerSecond = 1;

    /// <summary>Replaced as a whole.</summary>
    private volatile Reading? _reading;

    /// <summary>Whose clock is known; 0: nobody's.</summary>
    public Incarnation Whose => _reading?.Whose ?? default;

    /// <summary>
    /// An answer to what was sent at <paramref name="sentAt"/> arrived now and says what the clock showed when it was given. The reading
    /// that promises more counts; but one that promised more for the moment of sending than was shown later is wrong: that clock stood still.
    /// </summary>
    public void Learn(Incarnation whose, long shownMs, long sentAt)
    {
        var now = time.GetTimestamp();
        var known = _reading;
        if (known is null || known.Whose != whose || shownMs >= known.AtMs(now, time) || shownMs < known.AtMs(sentAt, time))
        {
            _reading = new Reading(whose, shownMs, now);
        }
    }

    /// <summary>What that clock will show, at the least, at the monotonic timestamp <paramref name="at"/> of this member; null: it is not known.</summary>
    public (Incarnation Whose, long Ms)? At(long at) => _reading is { } known ? (known.Whose, known.AtMs(at, time)) : null;

    private sealed record Reading(Incarnation Whose, long ShownMs, long SeenAt)
    {
        public long AtMs(long at, TimeProvider time)
        {
            var since = time.GetElapsedTime(SeenAt, at);
            return ShownMs + (long)(since.TotalMilliseconds - (Math.Abs(since.TotalSeconds) * DriftMsPerSecond));
        }
    }
}
