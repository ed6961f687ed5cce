using System.Text;
using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Berth.Simulation.Kernel;
using Berth.Testing;

namespace Berth.Simulation.Tests.Kernel;

/// <summary>The product's own pools on virtual time.</summary>
public sealed class PoolHostTests : IDisposable
{
    private static readonly PoolName _pool = new("p");

    private readonly RecordedLog _log = new();
    private readonly World _world;
    private readonly SimulatedStore _store;
    private readonly Trace _trace;

    public PoolHostTests()
    {
        _world = new World(1);
        _store = new SimulatedStore(_world, () => new CountingTable());
        _trace = new Trace(_world);
    }

    [Fact]
    public void A_seat_is_claimed_renewed_released_and_expires_in_virtual_time()
    {
        Member("m1", 1, async member =>
        {
            await member.PoolAsync(seats: 1);
            (await member.ClaimAsync("a")).ShouldBeOfType<Granted>();
            for (var i = 0; i < 20; i++)
            {
                await member.PassAsync(TimeSpan.FromSeconds(10));
                (await member.ClaimAsync("a")).ShouldBeOfType<Renewed>();
            }

            (await member.ClaimAsync("b")).ShouldBeOfType<NoSeatFree>();
            (await member.SendAsync(new ReleaseSeat(new("a"), Who.Nobody))).ShouldBe(Released.Instance);
            (await member.ClaimAsync("b")).ShouldBeOfType<Granted>();
            await member.PassAsync(TimeSpan.FromMinutes(2));
            (await member.SendAsync(new AskClaim(new("b")))).ShouldBe(NotHeld.Instance);
        });
        Run(TimeSpan.FromMinutes(10));
        _trace.Text.ShouldBe("m1");
        _world.Steps.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public void What_was_granted_outlives_a_death_in_the_middle_of_an_append()
    {
        var granted = new List<string>();
        var first = Member("m1", 1, async member =>
        {
            await member.PoolAsync(seats: 100);
            for (var i = 0; ; i++)
            {
                // The request goes out, its process dies, and it lands in the journal half a minute later.
                _store.Weather.Request = Latency.Of(i < 10 ? 1 : 30_000, i < 10 ? 1 : 30_000);
                (await member.ClaimAsync($"n{i}")).ShouldBeOfType<Granted>();
                granted.Add($"n{i}");
            }
        });
        _world.At(TimeSpan.FromSeconds(5), () =>
        {
            granted.Count.ShouldBe(10);
            first.Kill();
            _store.Weather.Request = Latency.Of(1, 1);
            Member("m1", 2, async member =>
            {
                foreach (var node in granted)
                {
                    (await member.SendAsync(new AskClaim(new(node)))).ShouldBe(AlreadyHeld.Instance);
                }

                await member.PassAsync(TimeSpan.FromSeconds(40));
                (await member.SendAsync(new AskClaim(new("n10")))).ShouldBe(NotHeld.Instance);
                (await member.ClaimAsync("n10")).ShouldBeOfType<Granted>();
            });
        });
        var late = new List<object?>();
        _store.Took = call => late.AddRange(call is { Operation: AppendBatch, Process.IsDead: true } ? [call.Result] : []);
        Run(TimeSpan.FromMinutes(2));
        _trace.Text.ShouldBe("m1");
        late.ShouldBe([AppendResult.Fenced]);
    }

    [Fact]
    public void A_pool_opens_again_after_an_append_whose_outcome_nobody_knew()
    {
        Member("m1", 1, async member =>
        {
            await member.PoolAsync(seats: 3);
            // Only the append: an open that lands late fences the pool that was opened meanwhile.
            (_store.Weather.FailsAfter, _store.Weather.Lingering) = (1, Latency.None);
            _store.Answered = _ => _store.Weather.FailsAfter = 0;
            (await member.ClaimAsync("a")).ShouldBe(Unknown.Instance);
            await member.PassAsync(TimeSpan.FromSeconds(5));
            (await member.SendAsync(new AskClaim(new("a")))).ShouldBe(AlreadyHeld.Instance);
            (await member.ClaimAsync("b")).ShouldBeOfType<Granted>();
        });
        Run(TimeSpan.FromMinutes(1));
        _trace.Text.ShouldBe("m1");
        _log.Count("opening again").ShouldBe(1);
    }

    [Fact]
    public void A_member_ends_and_leaves_no_timers()
    {
        using var stop = new CancellationTokenSource();
        var process = Member("m1", 1, async member =>
        {
            await member.PoolAsync(seats: 1);
            stop.Cancel();
        }, stop.Token);
        Run(TimeSpan.FromMinutes(1));
        _trace.Text.ShouldBe("m1 m1:stopped");
        process.Clock.TimerCount.ShouldBe(0);
    }

    public void Dispose() => _world.Dispose();

    private SimulatedProcess Member(string name, long epoch, Func<SimulatedMember, Task> story, CancellationToken stop = default)
    {
        var process = _world.StartProcess(name);
        process.Start(async () =>
        {
            using var host = new PoolHost(_store.JournalFor(process), new Epoch(epoch), process.Clock, new PoolHostOptions(), _log);
            await host.StartAsync();
            process.Start(async () =>
            {
                await host.RunAsync(stop);
                _trace.Seen.Add($"{name}:stopped");
            });
            await story(new SimulatedMember(process, host, _trace));
            _trace.Seen.Add(name);
            await Task.Delay(Timeout.InfiniteTimeSpan, process.Clock);
        });
        return process;
    }

    private void Run(TimeSpan time)
    {
        _world.RunUntil(time).ShouldBeTrue(_world.Ended?.ToString());
        _trace.Astray.ShouldBeEmpty();
        _log.Count("bug").ShouldBe(0);
    }

    private sealed class SimulatedMember(SimulatedProcess process, PoolHost host, Trace trace)
    {
        private readonly int _thread = Environment.CurrentManagedThreadId;

        public async Task<PoolReply> SendAsync(PoolCommand command, Delivery delivery = default)
        {
            var reply = await host.SendAsync(_pool, command, delivery);
            if (Environment.CurrentManagedThreadId != _thread || SynchronizationContext.Current != process)
            {
                trace.Astray.Add($"{command} answered elsewhere");
            }

            return reply;
        }

        public Task<PoolReply> ClaimAsync(string node) => SendAsync(new ClaimSeat(new(node), Who.Nobody));

        public Task PassAsync(TimeSpan time) => Task.Delay(time, process.Clock);

        public async Task PoolAsync(int seats)
        {
            await host.CreatePoolAsync(_pool);
            var row = new LicenseRow(new("lic"), _pool, Encoding.UTF8.GetBytes("file"), "key");
            var add = new AddLicenses([new(new("lic"), seats, null)], Who.Nobody);
            (await SendAsync(add, new(0, default, [row]))).ShouldBe(Changed.Instance);
        }
    }
}
