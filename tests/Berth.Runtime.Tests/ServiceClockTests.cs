using Berth.Runtime.Ownership;
using Berth.Testing;

namespace Berth.Runtime.Tests;

public sealed class ServiceClockTests
{
    private readonly FakeClock _time = new();

    [Fact]
    public void Small_gaps_count_fully()
    {
        var clock = new ServiceClock(_time);
        for (var i = 0; i < 400; i++)
        {
            _time.Advance(ServiceClock.TickEvery);
            clock.Tick().ShouldBe(TimeSpan.Zero);
        }

        clock.NowMs.ShouldBeInRange(99_999, 100_000);
        clock.Stopped.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Many_looks_lose_no_time()
    {
        var clock = new ServiceClock(_time);
        for (var i = 0; i < 1_000_000; i++)
        {
            _time.Advance(TimeSpan.FromMicroseconds(1));
            _ = clock.NowMs;
        }

        clock.NowMs.ShouldBeInRange(999, 1000);
    }

    [Fact]
    public void Each_stop_is_counted_once_however_long_it_is()
    {
        var lease = new HeldLease(_time, TimeSpan.FromSeconds(3));
        lease.Renewed(lease.Read());
        var clock = new ServiceClock(_time, lease);
        _time.Jump(TimeSpan.FromSeconds(2));
        _ = clock.NowMs;
        clock.Stops.ShouldBe(1);
        for (var i = 0; i < 40; i++)
        {
            _time.Advance(ServiceClock.TickEvery);
            lease.Renewed(lease.Read());
            _ = clock.NowMs;
        }

        clock.Stops.ShouldBe(1);
        for (var i = 0; i < 40; i++)
        {
            _time.Advance(ServiceClock.TickEvery);
            _ = clock.NowMs;
        }

        clock.Stops.ShouldBe(2);
    }

    [Fact]
    public void A_gap_of_a_second_counts_fully()
    {
        var clock = new ServiceClock(_time);
        _time.Advance(ServiceClock.LongestGap);
        clock.NowMs.ShouldBeInRange(999, 1000);
    }

    [Fact]
    public void A_longer_gap_counts_as_a_second()
    {
        var clock = new ServiceClock(_time);
        _time.Jump(TimeSpan.FromMinutes(10));
        clock.NowMs.ShouldBeInRange(999, 1000);
        clock.Stopped.TotalSeconds.ShouldBe(599, 0.01);
    }

    [Theory]
    [InlineData(86_400)]
    [InlineData(-86_400)]
    [InlineData(0.3)]
    [InlineData(-0.3)]
    public void A_step_of_the_wall_clock_is_reported_once_and_changes_nothing(double seconds)
    {
        var clock = new ServiceClock(_time);
        _time.Advance(ServiceClock.TickEvery);
        clock.Tick().ShouldBe(TimeSpan.Zero);
        _time.StepWall(TimeSpan.FromSeconds(seconds));
        _time.Advance(ServiceClock.TickEvery);
        clock.Tick().TotalSeconds.ShouldBe(seconds, 0.001);
        _time.Advance(ServiceClock.TickEvery);
        clock.Tick().ShouldBe(TimeSpan.Zero);
        clock.NowMs.ShouldBeInRange(749, 750);
    }

    [Fact]
    public void Slewing_within_the_tolerance_is_no_step()
    {
        var clock = new ServiceClock(_time);
        _time.StepWall(TimeSpan.FromMilliseconds(200));
        _time.Advance(ServiceClock.TickEvery);
        clock.Tick().ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void A_process_that_stood_still_is_no_step_of_the_wall_clock()
    {
        var clock = new ServiceClock(_time);
        _time.Jump(TimeSpan.FromMinutes(10));
        clock.Tick().ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Time_without_a_lease_does_not_count()
    {
        var lease = new HeldLease(_time, TimeSpan.FromSeconds(3));
        var clock = new ServiceClock(_time, lease);
        Pass(clock, seconds: 10);
        clock.NowMs.ShouldBe(0, "it was never held");
        lease.Renewed(lease.Read());
        Pass(clock, seconds: 10);
        clock.NowMs.ShouldBeInRange(2_999, 3_000);
        lease.Renewed(lease.Read());
        Pass(clock, seconds: 1);
        lease.End();
        Pass(clock, seconds: 10);
        clock.NowMs.ShouldBeInRange(3_999, 4_000);
    }

    [Fact]
    public void A_lease_that_ended_between_two_looks_counts_until_its_end()
    {
        var lease = new HeldLease(_time, TimeSpan.FromMilliseconds(900));
        var clock = new ServiceClock(_time, lease);
        lease.Renewed(lease.Read());
        _time.Advance(TimeSpan.FromMilliseconds(500));
        _ = clock.NowMs;
        _time.Advance(TimeSpan.FromMilliseconds(800));
        clock.NowMs.ShouldBeInRange(899, 900);
    }

    private void Pass(ServiceClock clock, int seconds)
    {
        for (var i = 0; i < seconds * 4; i++)
        {
            _time.Advance(ServiceClock.TickEvery);
            clock.Tick();
        }
    }
}
