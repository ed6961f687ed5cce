namespace Berth.Cli.Doctor;

/// <summary>What is known of the clocks.</summary>
/// <param name="Now">The wall clock.</param>
/// <param name="NewestEventMs">When the newest stored event happened (Unix milliseconds); 0: there is none.</param>
/// <param name="Step">How far the wall clock went from the monotonic one while this ran.</param>
/// <param name="Synchronized">Whether something keeps the clock right; null: not known.</param>
internal sealed record ClockProbe(DateTimeOffset Now, long NewestEventMs, TimeSpan Step, bool? Synchronized);

/// <summary>Checks of the clocks.</summary>
internal static class ClockChecks
{
    private const int FirstYear = 2025;
    private const int LastYear = 2100;

    private static readonly TimeSpan _tolerance = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _step = TimeSpan.FromMilliseconds(250);

    public static IEnumerable<Finding> Of(ClockProbe clock)
    {
        yield return Wall(clock);
        yield return clock.Step.Duration() > _step
            ? Finding.Warn(CheckNames.ClockSteps, $"the wall clock moved by {clock.Step.TotalSeconds:0.0} s while this ran", "let the time service slew the clock instead of stepping it; claims are not affected")
            : Finding.Ok(CheckNames.ClockSteps, "none seen");
        yield return clock.Synchronized switch
        {
            true => Finding.Ok(CheckNames.ClockSync, "a time service keeps the clock"),
            false => Finding.Warn(CheckNames.ClockSync, "the time service has not synchronized the clock yet", "look at it: timedatectl timesync-status"),
            null => Finding.Ok(CheckNames.ClockSync, "not known"),
        };
    }

    private static Finding Wall(ClockProbe clock)
    {
        var now = $"{clock.Now.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC";
        if (clock.Now.Year is < FirstYear or > LastYear)
        {
            return Finding.Fail(CheckNames.Clock, $"it is not {now}", "set the clock: license files are judged by it");
        }

        var newest = DateTimeOffset.FromUnixTimeMilliseconds(clock.NewestEventMs);
        return newest - clock.Now > _tolerance
            ? Finding.Fail(CheckNames.Clock, $"it is {now}, and the newest event is of {newest.UtcDateTime:yyyy-MM-dd HH:mm:ss}", "set the clock: it went back, or the event was made by a clock that was ahead")
            : Finding.Ok(CheckNames.Clock, now);
    }
}
