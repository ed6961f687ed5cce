namespace Berth.Runtime.Metrics;

/// <summary>
/// How long things took, counted in fixed buckets. Observing takes two additions, in a part that threads on other processors seldom
/// touch; it allocates nothing and takes no lock.
/// </summary>
public sealed class Histogram
{
    /// <summary>Numbers between the parts of two processors, so that they share no cache line.</summary>
    private const int Padding = 8;
    private const int MostParts = 16;

    private readonly long[] _boundTicks;
    private readonly long[][] _parts;

    /// <summary>Buckets up to each of these bounds in seconds, which grow, and one for what is longer.</summary>
    public Histogram(params IReadOnlyList<double> bounds)
    {
        Bounds = bounds;
        _boundTicks = [.. bounds.Select(bound => (long)Math.Round(bound * TimeSpan.TicksPerSecond))];
        var parts = Math.Min(MostParts, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount));
        _parts = [.. Enumerable.Range(0, parts).Select(_ => new long[Padding + bounds.Count + 2 + Padding])];
    }

    /// <summary>Bounds that suit requests and calls of the store: 100 µs to 10 s.</summary>
    public static IReadOnlyList<double> Usual { get; } =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    /// <summary>The upper ends of the buckets, in seconds.</summary>
    public IReadOnlyList<double> Bounds { get; }

    /// <summary>Counts one.</summary>
    public void Observe(TimeSpan took)
    {
        var part = _parts[Thread.GetCurrentProcessorId() & (_parts.Length - 1)];
        var ticks = Math.Max(0, took.Ticks);
        var bucket = 0;
        while (bucket < _boundTicks.Length && ticks > _boundTicks[bucket])
        {
            bucket++;
        }

        Interlocked.Increment(ref part[Padding + bucket]);
        Interlocked.Add(ref part[Padding + _boundTicks.Length + 1], ticks);
    }

    /// <summary>How many fell into each bucket, the last being without a bound; and all of them added up, in seconds.</summary>
    public (long[] Counts, double Sum) Read()
    {
        var counts = new long[_boundTicks.Length + 1];
        var ticks = 0L;
        foreach (var part in _parts)
        {
            for (var i = 0; i < counts.Length; i++)
            {
                counts[i] += Interlocked.Read(ref part[Padding + i]);
            }

            ticks += Interlocked.Read(ref part[Padding + counts.Length]);
        }

        return (counts, (double)ticks / TimeSpan.TicksPerSecond);
    }
}
