namespace Berth.Benchmarks.Scale;

/// <summary>The system's time, which can stand still, and can be moved ahead in steps. Timers are the system's.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long _frozenAt = System.GetTimestamp();
    private long _shift;

    public override long TimestampFrequency => System.TimestampFrequency;

    public override long GetTimestamp()
    {
        var frozen = Volatile.Read(ref _frozenAt);
        return (frozen == 0 ? System.GetTimestamp() : frozen) + Volatile.Read(ref _shift);
    }

    /// <summary>Time goes on from where it stood.</summary>
    public void Thaw()
    {
        Volatile.Write(ref _shift, Volatile.Read(ref _frozenAt) - System.GetTimestamp());
        Volatile.Write(ref _frozenAt, 0);
    }

    /// <summary>Time leaps ahead. A leap of a second or more counts as a pause of the process, not as time.</summary>
    public void Leap(TimeSpan by) => Interlocked.Add(ref _shift, (long)(by.TotalSeconds * TimestampFrequency));
}
