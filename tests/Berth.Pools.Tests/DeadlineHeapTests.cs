namespace Berth.Pools.Tests;

public sealed class DeadlineHeapTests
{
    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 1_000_000)]
    [InlineData(3, 1_000_000)]
    public void Heap_agrees_with_a_list(int seed, int spread)
    {
        var random = new Random(seed);
        var heap = new DeadlineHeap();
        var naive = new List<Claim>();
        for (var step = 0; step < 4_000; step++)
        {
            var growing = step / 500 % 2 == 0;
            switch (random.Next(10))
            {
                case < 4 when growing || naive.Count == 0:
                    var claim = NewClaim(step, random.Next(spread));
                    naive.Add(claim);
                    heap.Add(claim);
                    break;
                case < 6 when naive.Count > 0:
                    var gone = random.Next(3) == 0 ? heap.Earliest : naive[random.Next(naive.Count)];
                    naive.Remove(gone);
                    heap.Remove(gone);
                    gone.HeapIndex.ShouldBe(-1);
                    break;
                case >= 6 when naive.Count > 0:
                    var raised = random.Next(2) == 0 ? heap.Earliest : naive[random.Next(naive.Count)];
                    raised.DeadlineMs += random.Next(1, spread);
                    heap.Raised(raised);
                    break;
            }

            Agree(heap, naive, $"seed {seed}, step {step}");
        }

        Drain(heap, naive, $"seed {seed}");
    }

    private static void Drain(DeadlineHeap heap, List<Claim> naive, string when)
    {
        for (var at = long.MinValue; naive.Count > 0;)
        {
            var earliest = heap.Earliest;
            earliest.DeadlineMs.ShouldBeGreaterThanOrEqualTo(at, when);
            at = earliest.DeadlineMs;
            heap.Remove(earliest);
            naive.Remove(earliest).ShouldBeTrue(when);
        }

        heap.Count.ShouldBe(0);
        heap.ToArray().ShouldBeEmpty();
    }

    private static void Agree(DeadlineHeap heap, List<Claim> naive, string when)
    {
        heap.Count.ShouldBe(naive.Count, when);
        if (naive.Count > 0)
        {
            heap.Earliest.DeadlineMs.ShouldBe(naive.Min(claim => claim.DeadlineMs), when);
        }

        if (heap.Count % 16 == 1)
        {
            heap.ToArray().OrderBy(claim => claim.Number).ShouldBe(naive.OrderBy(claim => claim.Number), when);
        }
    }

    private static Claim NewClaim(int number, long deadlineMs) =>
        new(
            new Fingerprint($"n{number}"), new License(new LicenseId("L"), 0, 1, null, 0), number, number,
            0, null, Who.Nobody)
        {
            DeadlineMs = deadlineMs,
        };
}
