namespace Berth.Runtime.Audit;

/// <summary>How much of the history is kept.</summary>
/// <param name="Age">Events younger than this are kept; zero: for good.</param>
/// <param name="Bytes">What the store may hold before the oldest events go though they are young; zero: any amount.</param>
public sealed record RetentionLimits(TimeSpan Age, long Bytes)
{
    /// <summary>400 days, so that a year can be compared with the one before it, and 4 GiB.</summary>
    public static readonly RetentionLimits Default = new(TimeSpan.FromDays(400), 4096L << 20);

    /// <summary>Checkpoints that are kept, whatever their age: 69 days of one a minute.</summary>
    public const int Checkpoints = 100_000;

    /// <summary>Events of a pool that stay however much the store holds.</summary>
    public const int LeastEvents = 10_000;

    /// <summary>
    /// A history is cut when its oldest event is older than the limit by this much, and then at the limit: so a pool is folded once in a
    /// while and not every hour.
    /// </summary>
    public TimeSpan Slack => TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerDay, Age.Ticks / 20));

    /// <summary>Nothing is ever cut.</summary>
    public bool KeepsAll => Age == TimeSpan.Zero && Bytes == 0;

    /// <summary>How much is to go from a store that holds <paramref name="used"/> bytes: down to four fifths of the limit, or nothing.</summary>
    public long ExcessOf(long used) => Bytes > 0 && used > Bytes ? used - (Bytes / 5 * 4) : 0;
}
