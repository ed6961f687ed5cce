namespace Berth.Benchmarks.Load;

/// <summary>Counts by whole microseconds up to a second; what took longer is in the last bucket, and exact in the maximum.</summary>
internal sealed class LatencyHistogram
{
    private readonly long[] _buckets = new long[1_000_001];
    private long _count;
    private long _maxMicros;

    public void Record(long micros)
    {
        _buckets[Math.Clamp(micros, 0, _buckets.Length - 1)]++;
        _count++;
        _maxMicros = Math.Max(_maxMicros, micros);
    }

    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < _buckets.Length; i++)
        {
            _buckets[i] += other._buckets[i];
        }

        _count += other._count;
        _maxMicros = Math.Max(_maxMicros, other._maxMicros);
    }

    public double MaxMs => _maxMicros / 1000.0;

    /// <summary>The smallest time that at least this share of the records did not exceed.</summary>
    public double PercentileMs(double share)
    {
        var wanted = (long)Math.Ceiling(_count * share);
        long seen = 0;
        for (var i = 0; i < _buckets.Length && wanted > 0; i++)
        {
            seen += _buckets[i];
            if (seen >= wanted)
            {
                return i == _buckets.Length - 1 ? MaxMs : i / 1000.0;
            }
        }

        return 0;
    }
}
