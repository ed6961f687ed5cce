namespace Berth.Pools;

/// <summary>
/// Which licenses are past their expiry at a wall time. Nothing of it is stored: it follows the wall clock in both
/// directions, so a stepped clock that comes back leaves no trace. A look costs O(1) while no expiry is crossed.
/// </summary>
internal sealed class LapseCalendar
{
    private readonly SortedSet<(long ExpiryMs, int Slot)> _expiries = [];
    private readonly LicenseEnds _ends = new();
    private long _from = long.MinValue;
    private long _until = long.MaxValue;

    /// <summary>The wall time up to which licenses count as lapsed.</summary>
    private long _at = long.MinValue;

    /// <summary>A license with an expiry came in. Returns whether it counts as lapsed already.</summary>
    public bool Add(long expiryMs, int slot)
    {
        if (_expiries.Add((Clamp(expiryMs), slot)))
        {
            _ends.Add(Clamp(expiryMs));
        }

        Bound();
        return Clamp(expiryMs) <= _at;
    }

    /// <summary>A license is gone.</summary>
    public void Remove(long expiryMs, int slot)
    {
        if (_expiries.Remove((Clamp(expiryMs), slot)))
        {
            _ends.Remove(Clamp(expiryMs));
        }

        Bound();
    }

    /// <summary>How many end when, whether or not ends are enforced.</summary>
    public LicenseEndCounts CountAt(long wallMs) => _ends.At(wallMs, NextAfter);

    /// <summary>Moves to a wall time; returns the places whose standing changes, and to what.</summary>
    public IReadOnlyList<int> MoveTo(long wallMs, out bool lapsed)
    {
        lapsed = wallMs > _at;
        if (wallMs >= _from && wallMs < _until)
        {
            return [];
        }

        var (low, high) = lapsed ? (_at, wallMs) : (wallMs, _at);
        var crossed = _expiries
            .GetViewBetween((low + 1, int.MinValue), (high, int.MaxValue))
            .Select(entry => entry.Slot)
            .ToList();
        _at = wallMs;
        Bound();
        return crossed;
    }

    private long? NextAfter(long wallMs) =>
        _expiries.GetViewBetween((wallMs + 1, int.MinValue), (long.MaxValue, int.MaxValue)).Min is { ExpiryMs: > 0 } next ? next.ExpiryMs : null;

    /// <summary>The empty set answers (0, 0) for its bounds, so an expiry is kept above that.</summary>
    private static long Clamp(long expiryMs) => Math.Max(1, expiryMs);

    /// <summary>Between these bounds no expiry is crossed.</summary>
    private void Bound()
    {
        var passed = _expiries.GetViewBetween((long.MinValue, int.MinValue), (_at, int.MaxValue)).Max;
        var ahead = _expiries.GetViewBetween((_at + 1, int.MinValue), (long.MaxValue, int.MaxValue)).Min;
        _from = passed == default ? long.MinValue : passed.ExpiryMs;
        _until = ahead == default ? long.MaxValue : ahead.ExpiryMs;
    }
}
