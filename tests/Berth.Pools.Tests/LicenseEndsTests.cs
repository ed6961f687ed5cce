namespace Berth.Pools.Tests;

public sealed class LicenseEndsTests
{
    private const long Minute = 60_000;
    private const long Day = 1440 * Minute;
    private const long Now = 20_000 * Day;

    [Theory]
    [InlineData(-Day, 1, 0, 0, 0, 0)]
    [InlineData(0, 1, 0, 0, 0, 0)]
    [InlineData(1, 0, 1, 1, 1, 1)]
    [InlineData(Day, 0, 1, 1, 1, 1)]
    [InlineData(Day + 1, 0, 0, 1, 1, 1)]
    [InlineData(7 * Day, 0, 0, 1, 1, 1)]
    [InlineData((7 * Day) + 1, 0, 0, 0, 1, 1)]
    [InlineData((14 * Day) + 1, 0, 0, 0, 0, 1)]
    [InlineData(30 * Day, 0, 0, 0, 0, 1)]
    [InlineData((30 * Day) + 1, 0, 0, 0, 0, 0)]
    public void An_end_counts_in_every_span_that_holds_it(long inMs, int ended, int day, int week, int twoWeeks, int month)
    {
        var calendar = new LapseCalendar();
        calendar.Add(Now + inMs, 1);
        calendar.CountAt(Now).ShouldBe(new LicenseEndCounts(ended, day, week, twoWeeks, month, inMs > 0 ? Now + inMs : null));
    }

    [Fact]
    public void Counts_follow_what_comes_and_goes()
    {
        var calendar = new LapseCalendar();
        calendar.CountAt(Now).ShouldBe(new LicenseEndCounts(0, 0, 0, 0, 0, null));
        calendar.Add(Now + Minute, 1);
        calendar.Add(Now + Minute, 2);
        calendar.Add(Now + (2 * Minute), 3);
        calendar.CountAt(Now).InDay.ShouldBe(3);
        calendar.Remove(Now + Minute, 1);
        calendar.Remove(Now + Minute, 1);
        calendar.CountAt(Now).ShouldBe(new LicenseEndCounts(0, 2, 2, 2, 2, Now + Minute));
        calendar.CountAt(Now + Minute).ShouldBe(new LicenseEndCounts(1, 1, 1, 1, 1, Now + (2 * Minute)));
        calendar.CountAt(Now).Ended.ShouldBe(0);
    }
}
