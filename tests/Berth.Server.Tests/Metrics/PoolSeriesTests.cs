using Berth.Pools;
using Berth.Runtime.Metrics;
using Berth.Server.Metrics;

namespace Berth.Server.Tests.Metrics;

/// <summary>Which pools have series of their own, and that sums stay true while that changes.</summary>
public sealed class PoolSeriesTests
{
    private static readonly LicenseEndCounts _ends = new(2, 4, 6, 8, 10, null);

    private readonly Dictionary<string, PoolCounts> _counts = new(StringComparer.Ordinal);

    [Fact]
    public void The_largest_are_shown_and_stay_though_others_outgrow_them()
    {
        var series = new PoolSeries(1);
        Labels(series.Of([Pool("a", 1), Pool("b", 2)])).ShouldBe(["b", "other"]);
        Labels(series.Of([Pool("a", 9), Pool("b", 2)])).ShouldBe(["b", "other"]);
    }

    [Fact]
    public void A_pool_that_is_gone_leaves_its_place_to_another()
    {
        var series = new PoolSeries(1);
        series.Of([Pool("a", 1), Pool("b", 2)]);
        Labels(series.Of([Pool("a", 1)])).ShouldBe(["a"]);
    }

    [Fact]
    public void No_counter_goes_back_and_the_sum_is_what_was_counted()
    {
        var series = new PoolSeries(1);
        Count("a", 5);
        Count("b", 7);
        var before = series.Of([Pool("a", 1), Pool("b", 2)]);
        before.Others![PoolCount.Granted].ShouldBe(5);
        Count("a", 10);

        // b is another member's now: a has its place, and begins there with what was not told under other.
        var after = series.Of([Pool("a", 1)]);
        after.Others![PoolCount.Granted].ShouldBe(5);
        after.Shown.ShouldHaveSingleItem()[PoolCount.Granted].ShouldBe(10);

        // b comes back and finds no place: only what is new is added.
        Count("b", 2);
        var last = series.Of([Pool("a", 1), Pool("b", 2)]);
        last.Others![PoolCount.Granted].ShouldBe(7);
        last.Shown.ShouldHaveSingleItem()[PoolCount.Granted].ShouldBe(10);
    }

    [Fact]
    public void A_pool_called_other_is_one_of_the_others()
    {
        var series = new PoolSeries(5);
        Labels(series.Of([Pool("other", 3), Pool("b", 2)])).ShouldBe(["b", "other"]);
        series.Of([Pool("other", 3), Pool("b", 2)]).Others!.Figures.Seats.ShouldBe(3);
    }

    [Fact]
    public void Nobody_is_shown_by_name_where_none_may_be() =>
        Labels(new PoolSeries(0).Of([Pool("a", 1), Pool("b", 2)])).ShouldBe(["other"]);

    [Fact]
    public void The_others_are_added_up()
    {
        var rest = new PoolSeries(1).Of([Pool("a", 9), Figures("b", new(5, 4, 1, 2, 3, _ends, [])), Figures("c", new(50, 30, 20, 10, 7, _ends, []))]);
        rest.Others!.Figures.ShouldBe(new PoolFigures(14, 4, 10, 2, 4, new(2, 4, 6, 8, 11, null), rest.Others.Figures.HeardAgesMs));
        rest.Shown.ShouldHaveSingleItem().Figures.Seats.ShouldBe(50);
    }

    [Fact]
    public void The_next_end_of_the_others_is_the_earliest()
    {
        var rest = new PoolSeries(0).Of([Pool("a", 1, null), Pool("b", 1, 20), Pool("c", 1, 10), Pool("d", 1, 30)]).Others!;
        rest.Figures.Ends.NextMs.ShouldBe(10);
        rest.Figures.Ends.InMonth.ShouldBe(4);
    }

    private void Count(string pool, int grants)
    {
        for (var i = 0; i < grants; i++)
        {
            Counts(pool).Noted(new ClaimSeat(new("n"), Who.Nobody), new Granted(new("l"), 1, 1));
        }
    }

    private PoolCounts Counts(string pool) => _counts.TryGetValue(pool, out var counts) ? counts : _counts[pool] = new PoolCounts();

    private PoolReading Pool(string name, int seats, long? nextMs = null) =>
        new(new PoolName(name), new PoolFigures(seats, 0, seats, 0, 1, new LicenseEndCounts(0, 0, 0, 0, 1, nextMs), []), Counts(name));

    private PoolReading Figures(string name, PoolFigures figures) => new(new PoolName(name), figures, Counts(name));

    private static IEnumerable<string> Labels((IReadOnlyList<ShownPool> Shown, ShownPool? Others) pools) =>
        pools.Shown.Append(pools.Others).OfType<ShownPool>().Select(pool => pool.Label["pool=\"".Length..^1]);
}
