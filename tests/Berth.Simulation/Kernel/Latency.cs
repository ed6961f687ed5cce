using System.Runtime.InteropServices;

namespace Berth.Simulation.Kernel;

/// <summary>How long something takes: usually between two times, now and then up to a long tail.</summary>
/// <param name="Least">Never less.</param>
/// <param name="Usual">Usually not more.</param>
/// <param name="TailChance">How often it takes longer than usual.</param>
/// <param name="TailMost">How long that can be. Half of the long ones are in the first eighth.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Latency(TimeSpan Least, TimeSpan Usual, double TailChance = 0, TimeSpan TailMost = default)
{
    /// <summary>At once.</summary>
    public static readonly Latency None = new(TimeSpan.Zero, TimeSpan.Zero);

    public static Latency Of(double leastMs, double usualMs, double tailChance = 0, double tailMostMs = 0) =>
        new(
            TimeSpan.FromMilliseconds(leastMs),
            TimeSpan.FromMilliseconds(usualMs),
            tailChance,
            TimeSpan.FromMilliseconds(tailMostMs));

    public TimeSpan Draw(Dice dice)
    {
        if (!dice.Chance(TailChance) || TailMost <= Usual)
        {
            return dice.Between(Least, Usual);
        }

        var far = dice.Fraction();
        return Usual + ((TailMost - Usual) * (far * far * far));
    }
}
