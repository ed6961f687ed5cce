using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Berth.Testing;

namespace Berth.Runtime.Tests.Pools;

public sealed class PoolDeadlineTests
{
    private static readonly TimeSpan _aMoment = TimeSpan.FromMilliseconds(10);

    [Fact]
    public async Task A_claim_is_kept_two_seconds_longer_than_was_told()
    {
        await using var rig = await ActorRig.WithSeatsAsync(1);
        await rig.ClaimAsync("a");
        rig.Age(TimeSpan.FromSeconds(62) - _aMoment);
        (await rig.ClaimAsync("b")).ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        rig.Age(_aMoment * 2);
        (await rig.ClaimAsync("b")).ShouldBeOfType<Granted>();
        (await rig.HoldsAsync("a")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_claim_past_its_deadline_stays_until_somebody_wants_its_seat_or_a_sweep_comes()
    {
        await using var rig = await ActorRig.WithSeatsAsync(2);
        await rig.ClaimAsync("a");
        rig.Age(TimeSpan.FromMinutes(5));
        (await rig.ClaimAsync("b")).ShouldBeOfType<Granted>();
        (await rig.HoldsAsync("a")).ShouldBeTrue();
        (await rig.ClaimAsync("a")).ShouldBeOfType<Renewed>();
        rig.Age(TimeSpan.FromSeconds(61));
        rig.Sweep();
        (await rig.SummaryAsync()).Held.ShouldBe(2);
        rig.Age(TimeSpan.FromSeconds(2));
        rig.Sweep();
        await rig.SummaryAsync();
        (await rig.SummaryAsync()).Held.ShouldBe(0);
        (await rig.StoredAsync()).ClaimCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_heartbeat_that_waits_is_decided_before_the_sweep_that_would_end_its_claim()
    {
        await using var rig = await ActorRig.WithSeatsAsync(3);
        await rig.ClaimAsync("a");
        rig.Age(TimeSpan.FromSeconds(63));
        var hold = await rig.BlockAsync();
        var heartbeat = rig.ClaimAsync("a");
        rig.Sweep();
        hold.Release();
        (await heartbeat).ShouldBeOfType<Renewed>();
        (await rig.HoldsAsync("a")).ShouldBeTrue();
    }

    [Fact]
    public async Task The_deadline_is_raised_when_the_answer_is_given()
    {
        await using var rig = await ActorRig.WithSeatsAsync(1);
        var hold = await rig.BlockAsync("a");
        rig.Age(TimeSpan.FromMilliseconds(900));
        hold.Release();
        (await rig.ClaimAsync("b")).ShouldBeOfType<NoSeatFree>();
        rig.Age(TimeSpan.FromSeconds(62) - _aMoment);
        (await rig.ClaimAsync("b")).ShouldBeOfType<NoSeatFree>();
        rig.Age(_aMoment * 2);
        (await rig.ClaimAsync("b")).ShouldBeOfType<Granted>();
    }

    [Fact]
    public async Task A_renewal_never_shortens_a_deadline()
    {
        await using var rig = await ActorRig.WithSeatsAsync(1);
        await rig.SendAsync(new SetPolicyException(new(TimeSpan.FromMinutes(10), null, null), Who.Nobody));
        (await rig.ClaimAsync("a")).ShouldBe(new Granted(new("lic"), 600_000, 1));
        await rig.SendAsync(new SetPolicyException(PolicyException.None, Who.Nobody));
        (await rig.ClaimAsync("a")).ShouldBe(new Renewed(new("lic"), 60_000, Repeat: false));
        rig.Age(TimeSpan.FromSeconds(601));
        (await rig.ClaimAsync("b")).ShouldBeOfType<NoSeatFree>();
        rig.Age(TimeSpan.FromSeconds(2));
        (await rig.ClaimAsync("b")).ShouldBeOfType<Granted>();
    }

    [Fact]
    public async Task The_longest_told_ttl_counts_after_a_restart()
    {
        var first = await ActorRig.WithSeatsAsync(1);
        await first.SendAsync(new SetPolicyException(new(TimeSpan.FromMinutes(10), null, null), Who.Nobody));
        await first.ClaimAsync("a");
        await first.SendAsync(new SetPolicyException(PolicyException.None, Who.Nobody));
        await first.ClaimAsync("a");
        await using var rig = await first.RestartAsync();
        rig.Age(TimeSpan.FromSeconds(601));
        (await rig.ClaimAsync("b")).ShouldBeOfType<NoSeatFree>();
        rig.Age(TimeSpan.FromSeconds(2));
        (await rig.ClaimAsync("b")).ShouldBeOfType<Granted>();
    }

    [Fact]
    public async Task A_process_that_stood_still_loses_no_claim()
    {
        await using var rig = await ActorRig.WithSeatsAsync(1);
        await rig.ClaimAsync("a");
        rig.Clock.Jump(TimeSpan.FromHours(1));
        (await rig.ClaimAsync("b")).ShouldBeOfType<NoSeatFree>();
        rig.Sweep().ShouldBe(0);
        (await rig.ClaimAsync("a")).ShouldBeOfType<Renewed>();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_step_of_the_wall_clock_changes_no_claim(int days)
    {
        await using var rig = await ActorRig.WithSeatsAsync(1);
        await rig.ClaimAsync("a");
        rig.Clock.StepWall(TimeSpan.FromDays(days));
        rig.Age(TimeSpan.FromSeconds(61));
        (await rig.ClaimAsync("b")).ShouldBeOfType<NoSeatFree>();
        rig.Age(TimeSpan.FromSeconds(2));
        (await rig.ClaimAsync("b")).ShouldBeOfType<Granted>();
    }

    [Fact]
    public async Task A_restart_after_ten_minutes_loses_nobody_before_a_full_ttl()
    {
        var first = await ActorRig.WithSeatsAsync(1);
        await first.ClaimAsync("a");
        await first.DisposeAsync();
        first.Clock.Jump(TimeSpan.FromMinutes(10));
        await using var rig = await first.RestartAsync();
        rig.Age(TimeSpan.FromSeconds(61));
        rig.Sweep();
        (await rig.ClaimAsync("b")).ShouldBeOfType<NoSeatFree>();
        (await rig.ClaimAsync("a")).ShouldBeOfType<Renewed>();
    }

    [Fact]
    public async Task A_pool_asks_for_one_sweep_however_often_its_claims_change()
    {
        await using var rig = await ActorRig.WithSeatsAsync(9);
        for (var i = 0; i < 20; i++)
        {
            var ttl = TimeSpan.FromSeconds(600 - (i * 20));
            await rig.SendAsync(new SetPolicyException(new(ttl, null, null), Who.Nobody));
            await rig.ClaimAsync("a");
            await rig.ReleaseAsync("a");
            rig.Journal.Next(JournalCall.Append, i % 2 == 0 ? Fault.ThrowAfter : Fault.NotWritten);
            await rig.ClaimAsync("b");
            await rig.ReleaseAsync("b");
        }

        await rig.ClaimAsync("a");
        rig.Age(TimeSpan.FromMinutes(20));
        rig.Sweep().ShouldBe(1);
    }

    [Theory]
    [InlineData(100_000, 10)]
    [InlineData(10_000, 512)]
    public async Task Claims_that_expire_together_are_sliced_and_requests_go_on_between(int claims, int fingerprintBytes)
    {
        await using var rig = await ActorRig.WithSeatsAsync(claims + 2);
        await FillAsync(rig, claims, fingerprintBytes);
        rig.Age(TimeSpan.FromSeconds(70));
        await rig.ClaimAsync("late");
        var records = (await rig.Store.ReadAsync(ActorRig.Pool, 0, int.MaxValue)).Count;
        var holds = Enumerable.Range(0, 3).Select(_ => rig.Journal.Hold(JournalCall.Append)).ToList();
        rig.Sweep().ShouldBe(1);
        await rig.Within(holds[0].Reached);
        var renewal = rig.ClaimAsync("late");
        var claim = rig.ClaimAsync("new");
        holds[0].Release();
        await rig.Within(holds[1].Reached);
        holds[1].Release();

        // The requests that came during the first slice are answered with the second, while the third is under way.
        (await renewal).ShouldBeOfType<Renewed>();
        (await claim).ShouldBeOfType<Granted>();
        await rig.Within(holds[2].Reached);
        holds[2].Release();
        while ((await rig.SummaryAsync()).Held > 2)
        {
            rig.Deadline.ThrowIfCancellationRequested();
        }

        var slices = (await rig.Store.ReadAsync(ActorRig.Pool, 0, int.MaxValue)).Skip(records).ToList();
        slices.ShouldAllBe(slice => slice.Count <= 2_001 && slice.Bytes.Length <= JournalBatch.MaxBytes / 2);
        slices.Sum(slice => slice.Count).ShouldBe(claims + 1);
        (await rig.HoldsAsync("late")).ShouldBeTrue();
        rig.Sweep();
        await rig.SummaryAsync();
        (await rig.HoldsAsync("late")).ShouldBeTrue();
    }

    private static async Task FillAsync(ActorRig rig, int claims, int fingerprintBytes)
    {
        for (var done = 0; done < claims; done += 2_000)
        {
            var some = Enumerable.Range(done, 2_000).Select(i => rig.ClaimAsync(i.ToString().PadLeft(fingerprintBytes, 'f')));
            (await Task.WhenAll(some)).ShouldAllBe(reply => reply is Granted);
        }
    }
}
