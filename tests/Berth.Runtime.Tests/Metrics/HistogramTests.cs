using Berth.Runtime.Metrics;

namespace Berth.Runtime.Tests.Metrics;

public sealed class HistogramTests
{
    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 0)]
    [InlineData(1_000, 0)]
    [InlineData(1_001, 1)]
    [InlineData(2_000, 1)]
    [InlineData(2_001, 2)]
    [InlineData(1_000_000_000, 2)]
    public void What_is_no_longer_than_a_bound_is_in_its_bucket(int microseconds, int bucket)
    {
        var histogram = new Histogram(0.001, 0.002);
        histogram.Observe(TimeSpan.FromMicroseconds(microseconds));
        var (counts, sum) = histogram.Read();
        counts.ShouldBe([.. Enumerable.Range(0, 3).Select(i => i == bucket ? 1L : 0L)]);
        sum.ShouldBe(Math.Max(0, microseconds) / 1e6, 1e-9);
    }

    [Fact]
    public async Task Nothing_is_lost_between_threads()
    {
        var histogram = new Histogram(Histogram.Usual);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < 50_000; i++)
                {
                    histogram.Observe(TimeSpan.FromMilliseconds(i % 3));
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        var (counts, sum) = histogram.Read();
        counts.Sum().ShouldBe(400_000);
        sum.ShouldBe(8 * (16_667 + (16_666 * 2)) / 1e3, 1e-6);
    }
}
