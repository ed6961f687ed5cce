namespace Berth.Storage.Tests.Sqlite;

/// <summary>A clock on which every wait is over at once, and that says before each one how much time has passed.</summary>
internal sealed class SkippingClock(Action<TimeSpan> beforeWait) : TimeProvider
{
    private TimeSpan _passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _passed.Ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + _passed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        beforeWait(_passed);
        _passed += dueTime;
        return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
