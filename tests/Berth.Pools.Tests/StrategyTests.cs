namespace Berth.Pools.Tests;

public sealed class StrategyTests
{
    [Fact]
    public void Fifo_takes_the_license_imported_first_whatever_was_used_last()
    {
        var pool = Under(Strategy.Fifo, 1, 1, 1);
        pool.Claim("a");
        pool.Claim("b");
        pool.Release("a");
        pool.Claim("c");
        (pool.LicenseOf("c"), pool.LicenseOf("b")).ShouldBe(("A", "B"));
    }

    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(2, 1, 3, 1)]
    public void Lifo_is_the_exact_reverse_of_fifo(params int[] seats)
    {
        var forward = Order(Under(Strategy.Fifo, seats), seats.Sum());
        var backward = Order(Under(Strategy.Lifo, seats), seats.Sum());
        backward.ShouldBe(Enumerable.Reverse(forward));
        forward.ShouldBe(forward.Order());
    }

    [Fact]
    public void Rand_maps_the_whole_range_of_its_bits_to_the_free_seats()
    {
        var pool = Under(Strategy.Rand, 1, 1, 1);
        LicenseFor(pool, 0).ShouldBe("A");
        LicenseFor(pool, ulong.MaxValue).ShouldBe("C");
        LicenseFor(pool, ulong.MaxValue / 3).ShouldBe("A");
        LicenseFor(pool, (ulong.MaxValue / 3) + 1).ShouldBe("B");
    }

    [Theory]
    [InlineData(101)]
    [InlineData(102)]
    [InlineData(103)]
    public void Rand_is_uniform_over_the_free_seats(int seed)
    {
        const int Draws = 20_000;
        var random = new Random(seed);
        var seats = Enumerable.Range(0, 20).Select(_ => random.Next(1, 4)).ToArray();
        var pool = Under(Strategy.Rand, seats);
        pool.Remove("D");
        pool.Claim("holder");
        var free = pool.State.Licenses.ToDictionary(license => license.Id.Value, license => license.Seats - license.Held);
        var hits = free.Keys.ToDictionary(id => id, _ => 0);
        for (var draw = 0; draw < Draws; draw++)
        {
            hits[LicenseFor(pool, (ulong)random.NextInt64(long.MinValue, long.MaxValue))]++;
        }

        var total = free.Values.Sum();
        var categories = free.Where(seat => seat.Value > 0).ToList();
        var chiSquare = categories.Sum(seat =>
        {
            var expected = (double)Draws * seat.Value / total;
            return Math.Pow(hits[seat.Key] - expected, 2) / expected;
        });

        // The 99.9 % point for 18 degrees of freedom is 42.3; the seeds are fixed.
        categories.Count.ShouldBeInRange(18, 19);
        chiSquare.ShouldBeLessThan(42.3, $"seed {seed}");
        hits.Values.Sum().ShouldBe(Draws);
    }

    private static TestPool Under(Strategy strategy, params int[] seats)
    {
        var pool = TestPool.With(seats);
        pool.Policy = Policy.Default with { Strategy = strategy };
        return pool;
    }

    private static List<string> Order(TestPool pool, int claims) =>
        [.. Enumerable.Range(0, claims).Select(n => pool.Claim($"n{n}").ShouldBeOfType<Granted>().License.Value)];

    private static string LicenseFor(TestPool pool, ulong random)
    {
        pool.Random = random;
        pool.Claim("node");
        var license = pool.LicenseOf("node");
        pool.Release("node");
        return license;
    }
}
