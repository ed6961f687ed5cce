using Berth.Cli.Flags;

namespace Berth.Cli.Tests.Flags;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("30s", 30_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1h0m0.5s", 3_600_500)]
    [InlineData("500ms", 500)]
    [InlineData("1.5m", 90_000)]
    [InlineData(".5s", 500)]
    [InlineData("-2s", -2_000)]
    [InlineData("+2s", 2_000)]
    [InlineData("0", 0)]
    [InlineData("1500us", 1.5)]
    public void Durations_are_read_as_go_reads_them(string text, double milliseconds)
    {
        GoDuration.TryParse(text, out var duration).ShouldBeNull();
        duration.TotalMilliseconds.ShouldBe(milliseconds);
    }

    [Theory]
    [InlineData("60", "time: missing unit in duration \"60\"")]
    [InlineData("", "time: invalid duration \"\"")]
    [InlineData("s", "time: invalid duration \"s\"")]
    [InlineData("1..5s", "time: invalid duration \"1..5s\"")]
    [InlineData("1d", "time: unknown unit \"d\" in duration \"1d\"")]
    [InlineData("99999999999999h", "time: invalid duration \"99999999999999h\"")]
    [InlineData("-", "time: invalid duration \"-\"")]
    public void What_is_no_duration_is_named_as_go_names_it(string text, string flaw) =>
        GoDuration.TryParse(text, out _).ShouldBe(flaw);

    [Theory]
    [InlineData(60, "1m0s")]
    [InlineData(90, "1m30s")]
    [InlineData(3600, "1h0m0s")]
    [InlineData(30, "30s")]
    [InlineData(0.5, "500ms")]
    [InlineData(1.5, "1.5s")]
    [InlineData(0, "0s")]
    public void Durations_are_written_as_go_writes_them(double seconds, string text) =>
        GoDuration.Format(TimeSpan.FromSeconds(seconds)).ShouldBe(text);
}
