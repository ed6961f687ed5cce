namespace Berth.Pools.Tests;

public sealed class FreeSeatsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Free_seats_agree_with_a_list(int seed)
    {
        var random = new Random(seed);
        var seats = new FreeSeats();
        var naive = new List<int>();
        for (var step = 0; step < 5_000; step++)
        {
            switch (random.Next(8))
            {
                case 0 or 1:
                    naive.Add(random.Next(4));
                    seats.Append(naive[^1]);
                    break;
                case 2 when naive.Count > 0 && random.Next(2) == 0:
                    seats.Add(naive.Count - 1, -naive[^1]);
                    seats.RemoveLast();
                    naive.RemoveAt(naive.Count - 1);
                    break;
                case > 2 when naive.Count > 0:
                    var slot = random.Next(naive.Count);
                    var free = random.Next(5);
                    seats.Add(slot, free - naive[slot]);
                    naive[slot] = free;
                    break;
            }

            Agree(seats, naive, $"seed {seed}, step {step}", everyRank: step % 250 == 0, random);
        }
    }

    [Fact]
    public void A_place_with_no_free_seat_is_never_found()
    {
        var seats = new FreeSeats();
        seats.Append(0);
        seats.Append(2);
        seats.Append(0);
        seats.Append(1);
        seats.Append(0);
        Enumerable.Range(0, 3).Select(rank => seats.Find(rank)).ShouldBe([1, 1, 3]);
    }

    [Fact]
    public void A_million_places_of_a_million_seats_do_not_overflow()
    {
        var seats = new FreeSeats();
        for (var slot = 0; slot < 5_000; slot++)
        {
            seats.Append(1_000_000);
        }

        seats.Total.ShouldBe(5_000_000_000);
        seats.Find(4_999_999_999).ShouldBe(4_999);
        seats.Find(4_999_000_000).ShouldBe(4_999);
        seats.Find(4_998_999_999).ShouldBe(4_998);
    }

    private static void Agree(FreeSeats seats, List<int> naive, string when, bool everyRank, Random random)
    {
        var total = naive.Sum();
        seats.Total.ShouldBe(total, when);
        var ranks = total == 0 ? [] : everyRank ? Enumerable.Range(0, total) : [0, total - 1, random.Next(total)];
        foreach (var rank in ranks)
        {
            seats.Find(rank).ShouldBe(Find(naive, rank), $"{when}, rank {rank}");
        }
    }

    private static int Find(List<int> naive, int rank)
    {
        var slot = 0;
        for (; rank >= naive[slot]; slot++)
        {
            rank -= naive[slot];
        }

        return slot;
    }
}
