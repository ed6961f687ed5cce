using System.Collections.Concurrent;
using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Berth.Testing;
using Unknown = Berth.Pools.Unknown;

namespace Berth.Runtime.Tests.Pools;

/// <summary>
/// Several callers send random commands while the journal fails at random in every way it can. The seed decides commands and
/// faults; the threads' interleaving is the machine's.
/// </summary>
public sealed class PoolStressTests(ITestOutputHelper output)
{
    private const int Callers = 6;
    private const int CommandsEach = 400;
    private const int Nodes = 30;
    private const int Seats = 12;
    private static readonly string[] _pools = ["a", "b"];

    public static TheoryData<int> Seeds => [1, 2, 3, 4, 5, 6, 7, 8];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Nothing_that_was_answered_is_lost_and_no_seat_is_sold_twice(int seed)
    {
        output.WriteLine($"seed {seed}");
        var exclusive = seed % 2 == 0;
        var options = new PoolHostOptions
        {
            SnapshotEvery = 50,
            BatchMax = seed % 3 == 0 ? 3 : 512,
            ExclusiveNodes = exclusive,
            RandomSeed = (ulong)seed,
        };
        await using var rig = await HostRig.StartAsync(options);
        foreach (var pool in _pools)
        {
            await rig.PoolAsync(pool, Seats);
        }

        var faults = new Random(seed);
        rig.Journal.Otherwise = (call, _) => Draw(faults, call);
        var granted = new ConcurrentDictionary<(string Pool, long Number), string>();
        using var over = new CancellationTokenSource();
        var time = PassAsync(rig, over.Token);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(i => Task.Run(() => CallAsync(rig, new Random((seed * 100) + i), granted))));
        await over.CancelAsync();
        await time;
        rig.Journal.Otherwise = null;
        rig.Clock.Advance(TimeSpan.FromSeconds(2));
        await CheckAsync(rig, granted, exclusive);
        await rig.AgeAsync(TimeSpan.FromSeconds(63));
        foreach (var pool in _pools)
        {
            await rig.UntilAsync(async () =>
            {
                // Again and again: a turn that began before the last claim was due expires the others only.
                rig.Host.Sweep();
                return (await rig.SummaryAsync(pool)).Held == 0;
            });
            (await Replayed.FromAsync(rig.Store, new(pool))).ClaimCount.ShouldBe(0);
        }
    }

    private static async Task CallAsync(HostRig rig, Random random, ConcurrentDictionary<(string Pool, long Number), string> granted)
    {
        for (var i = 0; i < CommandsEach; i++)
        {
            var pool = _pools[random.Next(_pools.Length)];
            var node = $"n{random.Next(Nodes)}";
            var reply = random.Next(10) switch
            {
                < 6 => await rig.ClaimAsync(pool, node),
                < 9 => await rig.ReleaseAsync(pool, node),
                _ => await rig.SendAsync(pool, new AskFreeSeat()),
            };
            (reply is Granted or Renewed or Released or NotHeld or NoSeatFree or SeatIsFree or NotWritten or Unknown or HeldElsewhere)
                .ShouldBeTrue($"{reply}");
            if (reply is Granted grant)
            {
                granted.TryAdd((pool, grant.Number), node).ShouldBeTrue($"grant {grant.Number} of {pool} was answered twice");
            }
        }
    }

    /// <summary>Lets claims expire and failed opens be tried again while the callers are at work.</summary>
    private static async Task PassAsync(HostRig rig, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            rig.Clock.Advance(ServiceClock.TickEvery);
            rig.Host.Sweep();
            await Task.Yield();
        }
    }

    private static async Task CheckAsync(
        HostRig rig, ConcurrentDictionary<(string Pool, long Number), string> granted, bool exclusive)
    {
        var holders = new List<string>();
        foreach (var pool in _pools)
        {
            await rig.UntilAsync(async () =>
            {
                rig.Clock.Advance(TimeSpan.FromMilliseconds(50));
                return await rig.SendAsync(pool, new AskSummary()) is PoolSummary;
            });
            var stored = await Replayed.FromAsync(rig.Store, new(pool));
            var summary = await rig.SummaryAsync(pool);
            (summary.Version, summary.Held).ShouldBe((stored.Version, stored.ClaimCount));
            (await Replayed.NewestAsync(rig.Store, new(pool))).ClaimCount.ShouldBe(stored.ClaimCount);
            for (var i = 0; i < Nodes; i++)
            {
                (await rig.HoldsAsync(pool, $"n{i}")).ShouldBe(stored.ClaimOf(new($"n{i}")) is not null);
            }

            holders.AddRange(stored.Claims.Select(claim => claim.Node.Value));
            var grants = await GrantsAsync(rig, pool);
            foreach (var ((_, number), node) in granted.Where(pair => pair.Key.Pool == pool))
            {
                grants.GetValueOrDefault(number).ShouldBe(node, $"grant {number} of {pool} was answered and is not in the journal");
            }
        }

        if (exclusive)
        {
            holders.ShouldBeUnique();
            holders.ShouldAllBe(node => rig.Host.HoldsAnywhere(new(node)) == true);
            Enumerable.Range(0, Nodes).Count(i => rig.Host.HoldsAnywhere(new($"n{i}")) == true).ShouldBe(holders.Count);
        }
    }

    private static async Task<Dictionary<long, string>> GrantsAsync(HostRig rig, string pool)
    {
        var grants = new Dictionary<long, string>();
        foreach (var record in await rig.Store.ReadAsync(new(pool), 0, int.MaxValue))
        {
            foreach (var stored in new EventFrames(record.Bytes))
            {
                if (EventCodec.Read(stored.Span) is SeatGranted grant)
                {
                    grants.Add(grant.Number, grant.Node.Value);
                }
            }
        }

        return grants;
    }

    private static Fault Draw(Random faults, JournalCall call)
    {
        lock (faults)
        {
            return (call, faults.Next(100)) switch
            {
                (JournalCall.Open, < 20) => Fault.ThrowBefore,
                (JournalCall.Open, < 40) => Fault.ThrowAfter,
                (JournalCall.Append, < 8) => Fault.NotWritten,
                (JournalCall.Append, < 12) => Fault.ThrowBefore,
                (JournalCall.Append, < 16) => Fault.ThrowAfter,
                (JournalCall.Snapshot, < 10) => Fault.NotWritten,
                (JournalCall.Snapshot, < 20) => Fault.ThrowBefore,
                (JournalCall.Snapshot, < 30) => Fault.ThrowAfter,
                _ => Fault.None,
            };
        }
    }
}
