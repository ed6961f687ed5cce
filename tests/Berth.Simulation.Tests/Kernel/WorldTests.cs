using Berth.Simulation.Kernel;

namespace Berth.Simulation.Tests.Kernel;

public sealed class WorldTests
{
    [Fact]
    public void One_seed_makes_one_run_and_another_seed_another()
    {
        var (one, again, other) = (Busy(1), Busy(1), Busy(2));
        one.ShouldBe(again);
        one.Digest.ShouldNotBe(other.Digest);
        one.Order.ShouldNotBe(other.Order);
    }

    [Fact]
    public void Events_come_in_the_order_of_their_times_then_of_their_making()
    {
        using var world = new World(1);
        var trace = new Trace(world);
        foreach (var ms in (int[])[3, 1, 2, 1])
        {
            world.At(TimeSpan.FromMilliseconds(ms), () => trace.Add($"{trace.Seen.Count}"));
        }

        world.At(TimeSpan.FromSeconds(10), () => trace.Add("too late"));
        world.RunUntil(TimeSpan.FromSeconds(5)).ShouldBeTrue();
        trace.Text.ShouldBe("0@1 1@1 2@2 3@3");
        world.Now.ShouldBe(TimeSpan.FromSeconds(5));
        world.RunUntil(TimeSpan.FromSeconds(10)).ShouldBeTrue();
        trace.Seen.Count.ShouldBe(5);
    }

    [Fact]
    public void Continuations_of_one_process_keep_their_order_and_those_of_two_need_not()
    {
        using var world = new World(1);
        var (a, b) = (world.StartProcess("a"), world.StartProcess("b"));
        var seen = new List<string>();
        for (var i = 0; i < 100; i++)
        {
            var number = i;
            a.Run(() => seen.Add($"a{number}"));
            b.Run(() => seen.Add($"b{number}"));
        }

        world.RunUntil(TimeSpan.Zero);
        seen.Where(one => one[0] == 'a').ShouldBe(Enumerable.Range(0, 100).Select(i => $"a{i}"));
        seen.Where(one => one[0] == 'b').ShouldBe(Enumerable.Range(0, 100).Select(i => $"b{i}"));
        seen.ShouldNotBe([.. Enumerable.Range(0, 100).SelectMany(i => (string[])[$"a{i}", $"b{i}"])]);
    }

    [Fact]
    public void A_delayed_continuation_is_overtaken()
    {
        using var world = new World(1, new WorldOptions { Delayed = 0.3 });
        var process = world.StartProcess("a");
        var seen = new List<int>();
        for (var i = 0; i < 100; i++)
        {
            process.Post(number => seen.Add((int)number!), i);
        }

        world.RunUntil(TimeSpan.FromSeconds(1));
        seen.Order().ShouldBe(Enumerable.Range(0, 100));
        seen.ShouldNotBe([.. Enumerable.Range(0, 100)]);
    }

    [Fact]
    public void Stop_ends_the_run_after_the_step()
    {
        using var world = new World(1);
        var trace = new Trace(world);
        world.At(TimeSpan.FromSeconds(1), () => world.Stop("sold twice"));
        world.At(TimeSpan.FromSeconds(1), () => trace.Add("after the end"));
        world.RunUntil(TimeSpan.FromSeconds(5)).ShouldBeFalse();
        trace.Seen.ShouldBeEmpty();
        world.Now.ShouldBe(TimeSpan.FromSeconds(1));
        world.Ended.ShouldNotBeNull().ShouldSatisfyAllConditions(
            ended => ended.Kind.ShouldBe(EndingKind.Stopped),
            ended => ended.Reason.ShouldBe("sold twice"),
            ended => ended.At.ShouldBe(TimeSpan.FromSeconds(1)));
        world.RunUntil(TimeSpan.FromSeconds(9)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("event")]
    [InlineData("step")]
    [InlineData("loop")]
    [InlineData("timer")]
    public void An_exception_that_escapes_ends_the_run_with_its_stack(string where)
    {
        using var world = new World(1);
        var process = world.StartProcess("m1");
        switch (where)
        {
            case "event":
                world.At(TimeSpan.Zero, Break);
                break;
            case "step":
                process.Run(Break);
                break;
            case "timer":
                process.Clock.CreateTimer(_ => Break(), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
                break;
            default:
                process.Start(async () =>
                {
                    await Task.Delay(TimeSpan.FromSeconds(1), process.Clock);
                    Break();
                });
                break;
        }

        world.RunUntil(TimeSpan.FromSeconds(5)).ShouldBeFalse();
        var ended = world.Ended.ShouldNotBeNull();
        ended.Kind.ShouldBe(EndingKind.Escaped);
        ended.Reason.ShouldContain("it broke");
        ended.Stack.ShouldNotBeNull().ShouldContain(nameof(Break));
        SynchronizationContext.Current.ShouldNotBe(process);
    }

    [Fact]
    public void Steps_without_end_at_one_instant_are_found()
    {
        using var world = new World(1, new WorldOptions { MostStepsAtOnce = 1000 });
        var process = world.StartProcess("m1");
        process.Start(async () =>
        {
            while (true)
            {
                await Task.Yield();
            }
        });
        world.RunUntil(TimeSpan.FromSeconds(1)).ShouldBeFalse();
        world.Ended!.Kind.ShouldBe(EndingKind.Livelock);
    }

    [Theory]
    [InlineData("post")]
    [InlineData("timer")]
    [InlineData("event")]
    [InlineData("run")]
    public void A_foreign_thread_is_caught_and_changes_nothing(string entry)
    {
        using var world = new World(1);
        var process = world.StartProcess("m1");
        var ran = false;
        OnAnotherThread(() =>
        {
            switch (entry)
            {
                case "post":
                    process.Post(_ => ran = true, null);
                    break;
                case "timer":
                    process.Clock.CreateTimer(_ => ran = true, null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
                    break;
                case "event":
                    world.At(TimeSpan.Zero, () => ran = true);
                    break;
                default:
                    ran = world.RunUntil(TimeSpan.FromSeconds(1));
                    break;
            }
        });
        world.RunUntil(TimeSpan.FromSeconds(1)).ShouldBeFalse();
        ran.ShouldBeFalse();
        var ended = world.Ended.ShouldNotBeNull();
        ended.Kind.ShouldBe(EndingKind.ForeignThread);
        ended.Stack.ShouldNotBeNull().ShouldContain(nameof(A_foreign_thread_is_caught_and_changes_nothing));
    }

    [Fact]
    public void Foreign_threads_that_touch_the_dead_or_a_world_that_is_over_do_no_harm()
    {
        var world = new World(1);
        var (dead, alive) = (world.StartProcess("dead"), world.StartProcess("alive"));
        dead.Kill();
        OnAnotherThread(() => dead.Post(_ => { }, null));
        world.Ended.ShouldBeNull();
        world.Dispose();
        OnAnotherThread(() => alive.Post(_ => { }, null));
        world.Ended.ShouldBeNull();
    }

    private static void Break() => throw new InvalidOperationException("it broke");

    private static void OnAnotherThread(Action action)
    {
        var thread = new Thread(() => action());
        thread.Start();
        thread.Join();
    }

    private static (ulong Digest, long Steps, string Order) Busy(ulong seed)
    {
        using var world = new World(seed);
        var trace = new Trace(world);
        for (var i = 0; i < 4; i++)
        {
            var process = world.StartProcess($"m{i}");
            var dice = world.Dice.Fork(process.Name);
            process.Start(async () =>
            {
                while (true)
                {
                    await Task.Delay(dice.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(9)), process.Clock);
                    trace.Add(process.Name, process);
                    await Task.Yield();
                }
            });
        }

        world.RunUntil(TimeSpan.FromSeconds(1)).ShouldBeTrue();
        trace.Astray.ShouldBeEmpty();
        return (world.Digest, world.Steps, trace.Text);
    }
}
