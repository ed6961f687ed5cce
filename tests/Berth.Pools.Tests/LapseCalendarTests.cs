namespace Berth.Pools.Tests;

public sealed class LapseCalendarTests
{
    [Theory]
    [InlineData(1, 50)]
    [InlineData(2, 2_000)]
    [InlineData(3, 2_000)]
    public void Calendar_agrees_with_a_list(int seed, int spread)
    {
        var random = new Random(seed);
        var calendar = new LapseCalendar();
        var naive = new Dictionary<int, (long ExpiryMs, bool Lapsed)>();
        for (var step = 0; step < 5_000; step++)
        {
            var when = $"seed {seed}, step {step}";
            switch (random.Next(6))
            {
                case 0:
                    var expiry = random.Next(-5, spread);
                    naive.Add(step, (expiry, calendar.Add(expiry, step)));
                    break;
                case 1 when naive.Count > 0:
                    var gone = naive.Keys.ElementAt(random.Next(naive.Count));
                    calendar.Remove(naive[gone].ExpiryMs, gone);
                    naive.Remove(gone);
                    break;
                default:
                    var wall = random.Next(20) == 0 ? long.MinValue : random.Next(1, spread);
                    Move(calendar, naive, wall, when);
                    break;
            }
        }
    }

    [Fact]
    public void An_expiry_counts_from_its_own_millisecond()
    {
        var calendar = new LapseCalendar();
        calendar.Add(100, 7).ShouldBeFalse();
        calendar.MoveTo(99, out _).ShouldBeEmpty();
        calendar.MoveTo(100, out var lapsed).ShouldBe([7]);
        lapsed.ShouldBeTrue();
        calendar.MoveTo(99, out lapsed).ShouldBe([7]);
        lapsed.ShouldBeFalse();
    }

    [Fact]
    public void An_expiry_before_the_epoch_has_always_passed()
    {
        var calendar = new LapseCalendar();
        calendar.Add(-1, 0);
        calendar.Add(0, 1);
        calendar.MoveTo(1_800_000_000_000, out _).ShouldBe([0, 1]);
    }

    /// <summary>Every place whose standing was wrong is named once, and no other.</summary>
    private static void Move(LapseCalendar calendar, Dictionary<int, (long ExpiryMs, bool Lapsed)> naive, long wall, string when)
    {
        var slots = calendar.MoveTo(wall, out var lapsed);
        slots.ShouldBeUnique();
        foreach (var slot in slots)
        {
            naive[slot].Lapsed.ShouldBe(!lapsed, when);
            naive[slot] = naive[slot] with { Lapsed = lapsed };
        }

        naive.Where(entry => entry.Value.Lapsed != Math.Max(1, entry.Value.ExpiryMs) <= wall).ShouldBeEmpty(when);
    }
}
