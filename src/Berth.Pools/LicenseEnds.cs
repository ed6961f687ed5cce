namespace Berth.Pools;

/// <summary>How many licenses of a pool end when, seen from one moment. Each number includes the ones before it, but for the ended.</summary>
/// <param name="Ended">Past their end.</param>
/// <param name="InDay">To end within a day.</param>
/// <param name="InWeek">Within 7 days.</param>
/// <param name="InTwoWeeks">Within 14 days.</param>
/// <param name="InMonth">Within 30 days.</param>
/// <param name="NextMs">The earliest end to come (Unix milliseconds); null: none ends.</param>
public sealed record LicenseEndCounts(int Ended, int InDay, int InWeek, int InTwoWeeks, int InMonth, long? NextMs);

/// <summary>
/// The ends of licenses, counted by the minute in which they fall, rounded up: most licenses end together, and whoever counts them need not
/// look at each. What was counted stands for the minute.
/// </summary>
internal sealed class LicenseEnds
{
    private const long MinuteMs = 60_000;
    private const long MinutesOfDay = 24 * 60;

    private readonly SortedDictionary<long, int> _byMinute = [];
    private LicenseEndCounts? _counted;
    private long _countedAt;

    /// <summary>A license that ends came in.</summary>
    public void Add(long endMs)
    {
        var minute = MinuteOf(endMs);
        _byMinute[minute] = _byMinute.GetValueOrDefault(minute) + 1;
        _counted = null;
    }

    /// <summary>One is gone, or ends at another time.</summary>
    public void Remove(long endMs)
    {
        var minute = MinuteOf(endMs);
        var left = _byMinute.GetValueOrDefault(minute) - 1;
        _counted = null;
        if (left > 0)
        {
            _byMinute[minute] = left;
        }
        else
        {
            _byMinute.Remove(minute);
        }
    }

    /// <summary>The counts at a wall time, up to a minute late.</summary>
    public LicenseEndCounts At(long wallMs, Func<long, long?> nextAfter)
    {
        var now = wallMs / MinuteMs;
        if (_counted is null || _countedAt != now)
        {
            _counted = Count(now) with { NextMs = nextAfter(wallMs) };
            _countedAt = now;
        }

        return _counted;
    }

    private LicenseEndCounts Count(long now)
    {
        var (ended, day, week, twoWeeks, month) = (0, 0, 0, 0, 0);
        foreach (var (minute, count) in _byMinute)
        {
            var left = minute - now;
            if (left > 30 * MinutesOfDay)
            {
                break;
            }

            ended += left <= 0 ? count : 0;
            day += left > 0 && left <= MinutesOfDay ? count : 0;
            week += left > 0 && left <= 7 * MinutesOfDay ? count : 0;
            twoWeeks += left > 0 && left <= 14 * MinutesOfDay ? count : 0;
            month += left > 0 ? count : 0;
        }

        return new LicenseEndCounts(ended, day, week, twoWeeks, month, null);
    }

    private static long MinuteOf(long endMs) => (endMs / MinuteMs) + (endMs % MinuteMs > 0 ? 1 : 0);
}
