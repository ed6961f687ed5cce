namespace Berth.Runtime.Metrics;

/// <summary>A number that only grows. Any thread may add to it.</summary>
public sealed class Counter
{
    private long _value;

    /// <summary>What was counted so far.</summary>
    public long Value => Interlocked.Read(ref _value);

    /// <summary>Counts so many more.</summary>
    public void Add(long more = 1) => Interlocked.Add(ref _value, more);
}
