using System.Diagnostics;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Tests.Kernel;

/// <summary>How fast the kernel is: printed, not asserted, because the machine is shared.</summary>
public sealed class SpeedTests(ITestOutputHelper output)
{
    private const int Much = 1_000_000;

    [Fact]
    public void Steps_of_a_second()
    {
        using var world = new World(1, new WorldOptions { MostStepsAtOnce = int.MaxValue });
        var left = Much;
        for (var i = 0; i < 5; i++)
        {
            var process = world.StartProcess($"m{i}");
            void Again(object? state)
            {
                if (left-- > 0)
                {
                    process.Post(Again, null);
                }
            }

            process.Post(Again, null);
        }

        Measure("steps", () => world.RunUntil(TimeSpan.Zero));
        world.Steps.ShouldBe(Much + 5);
    }

    [Fact]
    public void Awaited_yields_of_a_second()
    {
        using var world = new World(1, new WorldOptions { MostStepsAtOnce = int.MaxValue });
        world.StartProcess("m1").Start(async () =>
        {
            for (var i = 0; i < Much; i++)
            {
                await Task.Yield();
            }
        });
        Measure("yields", () => world.RunUntil(TimeSpan.Zero));
        world.Steps.ShouldBe(Much + 1);
    }

    [Fact]
    public void Timers_of_a_second()
    {
        using var world = new World(1);
        var fired = 0;
        var process = world.StartProcess("m1");
        for (var i = 1; i <= 1000; i++)
        {
            process.Clock.CreateTimer(_ => fired++, null, TimeSpan.FromMilliseconds(i), TimeSpan.FromMilliseconds(1000 + (i % 7)));
        }

        Measure("timers", () => world.RunUntil(TimeSpan.FromSeconds(1001)));
        fired.ShouldBeInRange(Much - 10_000, Much);
    }

    [Fact]
    public void Delays_of_a_second()
    {
        using var world = new World(1);
        var ended = 0;
        for (var i = 0; i < 100; i++)
        {
            var process = world.StartProcess($"m{i % 5}");
            process.Start(async () =>
            {
                for (var n = 0; n < Much / 100; n++)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(3), process.Clock);
                    ended++;
                }
            });
        }

        Measure("delays", () => world.RunUntil(TimeSpan.FromHours(1)));
        ended.ShouldBe(Much);
    }

    private void Measure(string what, Func<bool> run)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var from = Stopwatch.GetTimestamp();
        run().ShouldBeTrue();
        var took = Stopwatch.GetElapsedTime(from);
        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / Much;
        output.WriteLine($"{what}: {Much / took.TotalSeconds / 1e6:0.00} million a second, {bytes} bytes each");
    }
}
