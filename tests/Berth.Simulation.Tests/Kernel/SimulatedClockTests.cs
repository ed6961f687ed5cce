using Berth.Simulation.Kernel;

namespace Berth.Simulation.Tests.Kernel;

public sealed class SimulatedClockTests : IDisposable
{
    private readonly World _world = new(1);
    private readonly SimulatedProcess _process;
    private readonly SimulatedClock _clock;
    private readonly Trace _trace;

    public SimulatedClockTests()
    {
        _process = _world.StartProcess("m1");
        _clock = _process.Clock;
        _trace = new Trace(_world);
    }

    [Fact]
    public void A_delay_ends_in_its_process_at_its_time()
    {
        Run(async () => await Task.Delay(TimeSpan.FromSeconds(2), _clock));
        _trace.Text.ShouldBe("end@2000");
    }

    [Fact]
    public void A_delay_ends_when_it_is_cancelled_by_another_process()
    {
        using var source = new CancellationTokenSource();
        var other = _world.StartProcess("other");
        other.Start(async () =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), other.Clock);
            source.Cancel();
        });
        Run(async () => await ThrowsAsync<OperationCanceledException>(
            async () => await Task.Delay(TimeSpan.FromSeconds(2), _clock, source.Token)));
        _trace.Text.ShouldBe("end@1000");
        _clock.TimerCount.ShouldBe(0);
    }

    [Fact]
    public void A_periodic_timer_ticks_in_its_process()
    {
        Run(async () =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), _clock);
            for (var i = 0; i < 3; i++)
            {
                (await timer.WaitForNextTickAsync(CancellationToken.None)).ShouldBeTrue();
                _trace.Add("tick", _process);
            }
        });
        _trace.Text.ShouldBe("tick@1000 tick@2000 tick@3000 end@3000");
        _clock.TimerCount.ShouldBe(0);
    }

    [Fact]
    public void A_cancellation_source_runs_out_in_its_process()
    {
        Run(async () =>
        {
            using var source = new CancellationTokenSource(TimeSpan.FromSeconds(1), _clock);
            using var told = source.Token.Register(() => _trace.Add("told", _process));
            await ThrowsAsync<OperationCanceledException>(async () => await Task.Delay(Timeout.InfiniteTimeSpan, _clock, source.Token));
        });
        _trace.Text.ShouldBe("told@1000 end@1000");
    }

    [Fact]
    public void A_wait_runs_out_or_ends_in_its_process()
    {
        var never = new TaskCompletionSource();
        var soon = new TaskCompletionSource();
        _world.At(TimeSpan.FromMilliseconds(1500), soon.SetResult);
        Run(async () =>
        {
            await ThrowsAsync<TimeoutException>(async () => await never.Task.WaitAsync(TimeSpan.FromSeconds(1), _clock));
            _trace.Add("out", _process);
            await soon.Task.WaitAsync(TimeSpan.FromSeconds(1), _clock);
        });
        _trace.Text.ShouldBe("out@1000 end@1500");
    }

    [Fact]
    public void Timestamps_and_wall_time_follow_the_world()
    {
        var from = _clock.GetTimestamp();
        var wall = _clock.GetUtcNow();
        _world.RunUntil(TimeSpan.FromSeconds(90));
        _clock.GetElapsedTime(from).ShouldBe(TimeSpan.FromSeconds(90));
        (_clock.GetUtcNow() - wall).ShouldBe(TimeSpan.FromSeconds(90));
        wall.ShouldBe(_world.Start);
        _clock.TimestampFrequency.ShouldNotBe(TimeSpan.TicksPerSecond);
    }

    [Fact]
    public void A_wall_clock_is_stepped_without_its_monotonic_time()
    {
        var from = _clock.GetTimestamp();
        _clock.StepWall(TimeSpan.FromHours(-1));
        _world.RunUntil(TimeSpan.FromSeconds(1));
        _clock.GetUtcNow().ShouldBe(_world.Start + TimeSpan.FromSeconds(1) - TimeSpan.FromHours(1));
        _clock.GetElapsedTime(from).ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(100_000, 10_000)]
    [InlineData(-100_000, 12_222)]
    public void A_clock_that_drifts_counts_and_fires_in_its_own_time(int ppm, int endMs)
    {
        var drifting = _world.StartProcess("drifting", new ClockSetting(TimeSpan.FromDays(3), DriftPpm: ppm)).Clock;
        var fired = new List<TimeSpan>();
        drifting.CreateTimer(_ => fired.Add(_world.Now), null, TimeSpan.FromSeconds(11), Timeout.InfiniteTimeSpan);
        var from = drifting.GetTimestamp();
        _world.RunUntil(TimeSpan.FromSeconds(20));
        fired.Select(at => (int)at.TotalMilliseconds).ShouldBe([endMs]);
        drifting.GetElapsedTime(from).ShouldBe(TimeSpan.FromSeconds(20) * (1 + (ppm / 1e6)));
    }

    [Fact]
    public void A_drift_that_changes_moves_the_timers_that_are_set()
    {
        var fired = new List<TimeSpan>();
        _clock.CreateTimer(_ => fired.Add(_world.Now), null, TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        _world.At(TimeSpan.FromSeconds(1), () => _clock.Drift(1_000_000));
        var before = _clock.Uptime;
        _world.RunUntil(TimeSpan.FromSeconds(5));
        fired.ShouldBe([TimeSpan.FromSeconds(2)]);
        (_clock.Uptime - before).ShouldBe(TimeSpan.FromSeconds(9));
    }

    [Fact]
    public void A_periodic_timer_that_missed_ticks_fires_once_for_them()
    {
        _clock.CreateTimer(_ => _trace.Add("tick", _process), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        _world.At(TimeSpan.FromSeconds(1.5), _process.Pause);
        _world.At(TimeSpan.FromSeconds(6.5), () => _process.Resume());
        _world.RunUntil(TimeSpan.FromSeconds(8));
        _trace.Text.ShouldBe("tick@1000 tick@6500 tick@7500");
        _trace.Astray.ShouldBeEmpty();
    }

    [Fact]
    public void A_frozen_clock_stands_still_and_its_wall_time_is_corrected()
    {
        var from = _clock.GetTimestamp();
        _clock.CreateTimer(_ => _trace.Add("due", _process), null, TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);
        _world.At(TimeSpan.FromSeconds(1), _process.Freeze);
        _world.At(TimeSpan.FromSeconds(2), () => _clock.GetElapsedTime(from).ShouldBe(TimeSpan.FromSeconds(1)));
        _world.At(TimeSpan.FromSeconds(11), () => _process.Resume());
        _world.RunUntil(TimeSpan.FromSeconds(20)).ShouldBeTrue();
        _trace.Text.ShouldBe("due@12000");
        _clock.GetElapsedTime(from).ShouldBe(TimeSpan.FromSeconds(10));
        _clock.GetUtcNow().ShouldBe(_world.Start + TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void A_frozen_clock_that_nobody_corrects_is_behind()
    {
        _process.Freeze();
        _world.RunUntil(TimeSpan.FromSeconds(5));
        _process.Resume(correctWall: false);
        _clock.GetUtcNow().ShouldBe(_world.Start);
    }

    [Fact]
    public void A_timer_that_is_changed_or_disposed_forgets_what_was_due()
    {
        using var changed = _clock.CreateTimer(_ => _trace.Add("changed"), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        var disposed = _clock.CreateTimer(_ => _trace.Add("disposed"), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        changed.Change(TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan).ShouldBeTrue();
        disposed.Dispose();
        disposed.Change(TimeSpan.Zero, TimeSpan.Zero).ShouldBeFalse();
        _world.RunUntil(TimeSpan.FromSeconds(5));
        _trace.Text.ShouldBe("changed@2000");
    }

    [Fact]
    public void A_timer_disposed_while_its_step_waits_does_not_fire()
    {
        var timer = _clock.CreateTimer(_ => _trace.Add("fired"), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        _process.Pause();
        _world.RunUntil(TimeSpan.FromSeconds(5));
        timer.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        _process.Resume();
        _world.RunUntil(TimeSpan.FromSeconds(9));
        _trace.Text.ShouldBe("fired@6000");
    }

    [Fact]
    public void Timers_set_anew_leave_no_trail()
    {
        using var timer = _clock.CreateTimer(_ => { }, null, TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan);
        for (var i = 0; i < 10_000; i++)
        {
            timer.Change(TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan);
            _world.DueCount.ShouldBeLessThan(200);
        }
    }

    public void Dispose() => _world.Dispose();

    /// <summary>Shouldly's own way leads through the thread pool.</summary>
    private static async Task ThrowsAsync<T>(Func<Task> action)
        where T : Exception
    {
        Exception? thrown = null;
        try
        {
            await action();
        }
        catch (T expected)
        {
            thrown = expected;
        }

        thrown.ShouldNotBeNull();
    }

    /// <summary>Runs something in the process; its end and every note of the trace must be there and on the test's thread.</summary>
    private void Run(Func<Task> action)
    {
        _process.Start(async () =>
        {
            await action();
            _trace.Add("end", _process);
        });
        _world.RunUntil(TimeSpan.FromMinutes(1)).ShouldBeTrue(_world.Ended?.ToString());
        _trace.Astray.ShouldBeEmpty();
    }
}
