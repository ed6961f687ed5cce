using Berth.Server.Http;
using Berth.Testing;

namespace Berth.Server.Tests.Http;

public sealed class BucketTableTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public void A_burst_passes_and_then_one_each_interval()
    {
        var table = new BucketTable(new RateLimit(5, TimeSpan.FromSeconds(1)), _clock);
        Passes(table, 7, 20).ShouldBe(10);
        _clock.Advance(TimeSpan.FromMilliseconds(201));
        Passes(table, 7, 5).ShouldBe(1);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Passes(table, 7, 20).ShouldBe(5);
        _clock.Advance(TimeSpan.FromHours(1));
        Passes(table, 7, 20).ShouldBe(10);
        Passes(table, 8, 20).ShouldBe(10);
    }

    [Fact]
    public void The_wait_is_said_in_whole_seconds_and_suffices()
    {
        var table = new BucketTable(new RateLimit(2, TimeSpan.FromMinutes(1)), _clock);
        Passes(table, 1, 4).ShouldBe(4);
        table.Take(1).ShouldBe(30);
        _clock.Advance(TimeSpan.FromSeconds(29));
        table.Take(1).ShouldBe(1);
        _clock.Advance(TimeSpan.FromSeconds(1));
        table.Take(1).ShouldBeNull();
    }

    [Fact]
    public void Whoever_is_limited_stays_so_through_a_flood_of_strangers()
    {
        var table = new BucketTable(new RateLimit(1, TimeSpan.FromHours(1)), _clock);
        ulong[] limited = [.. Enumerable.Range(1, 1000).Select(i => (ulong)i)];
        foreach (var key in limited)
        {
            Passes(table, key, 3).ShouldBe(2);
        }

        for (ulong stranger = 1 << 20; stranger < (1 << 20) + 500_000; stranger++)
        {
            table.Take(stranger).ShouldBeNull();
        }

        limited.Count(key => table.Take(key) is null).ShouldBe(0);
    }

    private static int Passes(BucketTable table, ulong key, int tries) => Enumerable.Range(0, tries).Count(_ => table.Take(key) is null);
}
