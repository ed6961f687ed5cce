using Berth.Runtime.Ownership;

namespace Berth.Runtime;

/// <summary>
/// The clock that claims age by: it counts the time in which renewals could be accepted. It is looked at every
/// <see cref="TickEvery"/> at the latest, so a longer gap than <see cref="LongestGap"/> between two looks means that the
/// process stood still, and only that much of the gap counts. Time without a lease does not count either.
/// </summary>
public sealed class ServiceClock
{
    /// <summary>How often somebody must look.</summary>
    public static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>The most that counts between two looks.</summary>
    public static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(1);

    /// <summary>Wall and monotonic time may part by this much between two looks before it counts as a step.</summary>
    public static readonly TimeSpan StepTolerance = TimeSpan.FromMilliseconds(250);

    private readonly TimeProvider _time;
    private readonly HeldLease? _lease;
    private readonly long _longestGap;

    /// <summary>Guards the fields below; held for a few instructions.</summary>
    private readonly Lock _gate = new();
    private long _lastTimestamp;
    private long _counted;
    private long _stopped;
    private long _stops;
    private bool _stands;
    private long _tickTimestamp;
    private DateTimeOffset _tickWall;

    /// <summary>Starts at zero. Without a lease it is one that never ends.</summary>
    public ServiceClock(TimeProvider time, HeldLease? lease = null)
    {
        _time = time;
        _lease = lease;
        _longestGap = (long)(LongestGap.TotalSeconds * time.TimestampFrequency);
        _lastTimestamp = _tickTimestamp = time.GetTimestamp();
        _tickWall = time.GetUtcNow();

        // A lease that was never held was never lost.
        _stands = lease is { EndsAt: long.MinValue };
    }

    /// <summary>Milliseconds since the start, without the time in which the process stood still.</summary>
    public long NowMs
    {
        get
        {
            lock (_gate)
            {
                var timestamp = _time.GetTimestamp();
                var gap = timestamp - _lastTimestamp;
                var counts = Math.Min(gap, _longestGap);
                if (_lease?.EndsAt is { } endsAt && endsAt < timestamp)
                {
                    // A lease that is not held at all ended before any time that can be subtracted from.
                    counts = endsAt <= _lastTimestamp ? 0 : Math.Min(counts, endsAt - _lastTimestamp);
                }

                // Summed as timestamps: a gap turned into time loses a fraction at each look.
                _counted += counts;
                _stopped += gap - counts;
                _stops += counts < gap && !_stands ? 1 : 0;
                _stands = counts < gap;
                _lastTimestamp = timestamp;
                return (long)_time.GetElapsedTime(0, _counted).TotalMilliseconds;
            }
        }
    }

    /// <summary>How long the clock stood still in all.</summary>
    public TimeSpan Stopped
    {
        get
        {
            lock (_gate)
            {
                return _time.GetElapsedTime(0, _stopped);
            }
        }
    }

    /// <summary>How often the clock stood still: each time once, however long.</summary>
    public long Stops
    {
        get
        {
            lock (_gate)
            {
                return _stops;
            }
        }
    }

    /// <summary>The periodic look. Returns how far the wall clock was stepped since the last one; zero: it was not.</summary>
    public TimeSpan Tick()
    {
        _ = NowMs;
        lock (_gate)
        {
            var timestamp = _time.GetTimestamp();
            var wall = _time.GetUtcNow();
            var step = wall - _tickWall - _time.GetElapsedTime(_tickTimestamp, timestamp);
            _tickTimestamp = timestamp;
            _tickWall = wall;
            return step.Duration() > StepTolerance ? step : TimeSpan.Zero;
        }
    }
}
