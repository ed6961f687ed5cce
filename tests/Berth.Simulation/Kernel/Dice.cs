namespace Berth.Simulation.Kernel;

/// <summary>
/// Everything that is left to chance: SplitMix64, the same draws for the same seed. Draw from a fork for each concern, so that one
/// more draw in the network does not change the traffic.
/// </summary>
internal sealed class Dice
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private readonly ulong _seed;
    private ulong _state;

    public Dice(ulong seed) => _seed = _state = seed;

    /// <summary>An independent stream. It depends on the seed and the name alone, not on what was drawn: one name, one stream.</summary>
    public Dice Fork(string name) => new(Mix(_seed ^ Rolling.Of(name)));

    public ulong Next() => Mix(_state += Step);

    /// <summary>0 to <paramref name="limit"/> - 1.</summary>
    public int Below(int limit) => (int)Below((long)limit);

    /// <summary>0 to <paramref name="limit"/> - 1.</summary>
    public long Below(long limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return (long)Math.BigMul(Next(), (ulong)limit, out _);
    }

    /// <summary>True so often in one. What never happens costs no draw.</summary>
    public bool Chance(double often) => often > 0 && Fraction() < often;

    /// <summary>0 up to, but never, 1.</summary>
    public double Fraction() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Both ends are possible.</summary>
    public TimeSpan Between(TimeSpan least, TimeSpan most) =>
        least == most ? least : new TimeSpan(least.Ticks + Below(most.Ticks - least.Ticks + 1));

    public T Pick<T>(IReadOnlyList<T> from) => from[Below(from.Count)];

    public void Shuffle<T>(List<T> items)
    {
        for (var left = items.Count; left > 1; left--)
        {
            var other = Below(left);
            (items[left - 1], items[other]) = (items[other], items[left - 1]);
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
