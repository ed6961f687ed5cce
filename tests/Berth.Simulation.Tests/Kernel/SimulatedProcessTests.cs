using Berth.Simulation.Kernel;

namespace Berth.Simulation.Tests.Kernel;

public sealed class SimulatedProcessTests
{
    private static readonly AsyncLocal<string?> _ambient = new();

    [Fact]
    public void A_paused_process_waits_and_its_clock_goes_on()
    {
        using var world = new World(1);
        var process = world.StartProcess("m1");
        var trace = new Trace(world);
        process.Start(async () =>
        {
            var from = process.Clock.GetTimestamp();
            await Task.Delay(TimeSpan.FromSeconds(1), process.Clock);
            trace.Add($"{process.Clock.GetElapsedTime(from).TotalSeconds}s", process);
        });
        world.At(TimeSpan.FromMilliseconds(500), process.Pause);
        world.At(TimeSpan.FromMilliseconds(600), () => process.Post(_ => trace.Add("post", process), null));
        world.At(TimeSpan.FromSeconds(3), () => process.Resume());
        world.RunUntil(TimeSpan.FromSeconds(5));
        trace.Text.ShouldBe("post@3000 3s@3000");
        trace.Astray.ShouldBeEmpty();
    }

    [Fact]
    public void A_killed_process_never_goes_on_and_leaves_nothing_behind()
    {
        using var world = new World(1);
        var process = world.StartProcess("m1");
        var trace = new Trace(world);
        Task? waits = null;
        process.Start(() => waits = WaitAsync());
        for (var i = 0; i < 1000; i++)
        {
            process.Clock.CreateTimer(_ => trace.Add("timer"), null, TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        }

        world.RunUntil(TimeSpan.FromSeconds(1));
        process.Run(() => trace.Add("step"));
        process.Kill();
        world.DueCount.ShouldBeLessThan(100);
        process.Clock.TimerCount.ShouldBe(0);
        process.Run(() => trace.Add("step"));
        process.Post(_ => trace.Add("post"), null);
        process.Resume();
        process.Clock.CreateTimer(_ => trace.Add("new timer"), null, TimeSpan.Zero, TimeSpan.FromHours(1)).Dispose();
        world.RunUntil(TimeSpan.FromDays(1)).ShouldBeTrue();
        trace.Seen.ShouldBeEmpty();
        waits!.IsCompleted.ShouldBeFalse();

        async Task WaitAsync()
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(2), process.Clock);
            while (await timer.WaitForNextTickAsync(CancellationToken.None))
            {
                trace.Add("tick");
            }
        }
    }

    [Fact]
    public void A_delayed_continuation_of_a_process_that_died_is_dropped()
    {
        using var world = new World(1, new WorldOptions { Delayed = 1 });
        var process = world.StartProcess("m1");
        var ran = false;
        process.Post(_ => ran = true, null);
        process.Kill();
        world.RunUntil(TimeSpan.FromSeconds(1)).ShouldBeTrue();
        ran.ShouldBeFalse();
        process.Waiting.Count.ShouldBe(0);
    }

    [Fact]
    public void A_process_that_dies_in_its_own_step_ends_with_it()
    {
        using var world = new World(1);
        var process = world.StartProcess("m1");
        var trace = new Trace(world);
        process.Start(async () =>
        {
            process.Kill();
            trace.Add("last words");
            await Task.Yield();
            trace.Add("from the grave");
        });
        world.RunUntil(TimeSpan.FromSeconds(1));
        trace.Text.ShouldBe("last words@0");
    }

    [Fact]
    public void Nobody_sends_to_a_process()
    {
        using var world = new World(1);
        Should.Throw<NotSupportedException>(() => world.StartProcess("m1").Send(_ => { }, null));
    }

    [Fact]
    public void What_one_process_completes_another_goes_on_in_its_own()
    {
        using var world = new World(1);
        var (one, other) = (world.StartProcess("one"), world.StartProcess("other"));
        var trace = new Trace(world);
        var signal = new TaskCompletionSource();
        var queued = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        other.Start(async () =>
        {
            await signal.Task;
            trace.Add("signal", other);
            await queued.Task;
            trace.Add("queued", other);
        });
        one.Start(async () =>
        {
            await Task.Yield();
            signal.SetResult();
            trace.Add("set", one);
            await Task.Delay(TimeSpan.FromMilliseconds(1), one.Clock);
            queued.SetResult();
            trace.Add("set again", one);
        });
        world.RunUntil(TimeSpan.FromSeconds(1)).ShouldBeTrue();
        trace.Text.ShouldBe("set@0 signal@0 set again@1 queued@1");
        trace.Astray.ShouldBeEmpty();
    }

    [Fact]
    public void What_flows_with_one_process_does_not_reach_another()
    {
        using var world = new World(1);
        var (one, other) = (world.StartProcess("one"), world.StartProcess("other"));
        var seen = new List<string?>();
        one.Run(() => _ambient.Value = "one");
        other.Run(() => seen.Add(_ambient.Value));
        world.At(TimeSpan.FromMilliseconds(1), () => _ambient.Value = "event");
        world.At(TimeSpan.FromMilliseconds(2), () => seen.Add(_ambient.Value ?? SynchronizationContext.Current?.ToString()));
        one.Start(async () =>
        {
            _ambient.Value = "kept";
            await Task.Delay(TimeSpan.FromMilliseconds(3), one.Clock);
            seen.Add(_ambient.Value);
        });
        world.RunUntil(TimeSpan.FromSeconds(1));
        seen.ShouldBe([null, null, "kept"]);
        _ambient.Value.ShouldBeNull();
    }

    [Fact]
    public void After_a_run_the_context_is_what_it_was()
    {
        using var world = new World(1);
        var mine = new SynchronizationContext();
        var former = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(mine);
        world.StartProcess("m1").Start(async () => await Task.Yield());
        world.RunUntil(TimeSpan.FromSeconds(1));
        var after = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(former);
        after.ShouldBe(mine);
    }
}
