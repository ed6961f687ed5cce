using Berth.Survival.Tests.Load;
using Berth.Survival.Tests.Processes;
using Berth.Testing.Processes;

namespace Berth.Survival.Tests;

/// <summary>Claims age by the time in which their heartbeats could have been accepted, and by no other.</summary>
public sealed class TimeTests(ITestOutputHelper output) : IDisposable
{
    private const int Seats = 10;
    private const string Stepped = "clock.stepped";
    private static readonly string[] _shortest = ["--ttl", "30s", "--cull-interval", "1s"];
    private static readonly Claimant _newcomer = new("newcomer");

    private readonly Site _site = new();

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task An_outage_longer_than_the_ttl_costs_nobody_a_seat()
    {
        var time = await FakeTimeAsync("+0");
        var environment = await time.EnvironmentAsync(monotonicToo: true);
        List<Claimant> holders;
        await using (var first = await _site.ServeAsync(_shortest, environment))
        {
            holders = await FillAsync(first);
            await first.KillAsync();
        }

        // An hour later, with 119 ttls gone by on all clocks.
        time.Set("+3600");
        await using var second = await _site.ServeAsync(_shortest, environment);
        (await Wire.PutAsync(second.Port, _newcomer)).Status.ShouldBe(410);
        (await _site.HeldAsync()).ShouldBe(Seats);

        // Each has a full ttl from the start on: none is swept up while two thirds of it are lived through.
        await LiveThroughAsync(second, time, from: 3_600, seconds: 20);
        (await Wire.PutAsync(second.Port, _newcomer)).Status.ShouldBe(410);
        (await _site.HeldAsync()).ShouldBe(Seats);
        foreach (var holder in holders.Skip(1))
        {
            (await Wire.PutAsync(second.Port, holder)).Status.ShouldBe(202);
        }

        // The one that stays silent loses its seat when its ttl is over, and nobody else does.
        await LiveThroughAsync(second, time, from: 3_620, seconds: 20);
        (await Wire.PutAsync(second.Port, _newcomer)).Status.ShouldBe(201);
        foreach (var holder in holders.Skip(1))
        {
            (await Wire.PutAsync(second.Port, holder)).Status.ShouldBe(202);
        }

        (await Wire.PutAsync(second.Port, holders[0])).Status.ShouldBe(410);
    }

    [Fact]
    public async Task A_member_that_stood_still_for_an_hour_takes_no_seat_back()
    {
        var time = await FakeTimeAsync("+0");
        await using var member = await _site.ServeAsync(_shortest, await time.EnvironmentAsync(monotonicToo: true));
        var holders = await FillAsync(member);
        for (var pause = 1; pause <= 3; pause++)
        {
            await member.SignalAsync("STOP");
            time.Set($"+{pause * 3_600}");
            await member.SignalAsync("CONT");
            (await Wire.PutAsync(member.Port, _newcomer)).Status.ShouldBe(410);
            (await _site.HeldAsync()).ShouldBe(Seats);
        }

        foreach (var holder in holders)
        {
            (await Wire.PutAsync(member.Port, holder)).Status.ShouldBe(202);
        }
    }

    [Fact]
    public async Task A_member_that_is_stopped_for_seconds_answers_what_waited()
    {
        await _site.AddAsync(null, licenses: 1, seats: Seats);
        await using var member = await _site.ServeAsync(_shortest);
        var holders = await FillAsync(member);
        await member.SignalAsync("STOP");
        var waiting = holders.Select(holder => Wire.PutAsync(member.Port, holder)).ToList();
        var time = TimeProvider.System;
        await Task.Delay(TimeSpan.FromSeconds(3), time);
        waiting.ShouldAllBe(answer => !answer.IsCompleted);
        await member.SignalAsync("CONT");
        (await Task.WhenAll(waiting)).ShouldAllBe(answer => answer.Status == 202);
        (await Wire.PutAsync(member.Port, _newcomer)).Status.ShouldBe(410);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_wall_clock_that_steps_by_a_day_changes_no_claim(int days)
    {
        var time = await FakeTimeAsync("+0");
        await using var member = await _site.ServeAsync(_shortest, await time.EnvironmentAsync(monotonicToo: false));
        var holders = await FillAsync(member);
        foreach (var (step, seconds) in new[] { days * 86_400, 0 }.Index())
        {
            time.Set($"{seconds:+0;-0;+0}");
            while (member.Out.Count(Stepped) <= step)
            {
                await RenewAsync(member, holders);
            }

            output.WriteLine(await member.Out.WaitForAsync(Stepped, step + 1));
            await RenewAsync(member, holders);
            (await Wire.PutAsync(member.Port, _newcomer)).Status.ShouldBe(410);
            (await _site.HeldAsync()).ShouldBe(Seats);
        }

        await member.SignalAsync("TERM");
        (await member.EndAsync()).ShouldBe(0);
        member.Out.Count(Stepped).ShouldBe(2);
        var audit = await JournalAudit.ReadAsync(_site.Database);
        audit.Violations.ShouldBeEmpty();
        (audit.Grants, audit.Releases, audit.Expiries).ShouldBe((Seats, 0, 0));
    }

    private async Task<FakeTime> FakeTimeAsync(string offset)
    {
        var time = new FakeTime(_site.Folder);
        time.Set(offset);
        await _site.AddAsync(null, licenses: 1, seats: Seats);
        return time;
    }

    private static async Task<List<Claimant>> FillAsync(LiveMember member)
    {
        var holders = Enumerable.Range(0, Seats).Select(node => new Claimant($"n{node}")).ToList();
        foreach (var holder in holders)
        {
            (await Wire.PutAsync(member.Port, holder)).Status.ShouldBe(201);
        }

        return holders;
    }

    private static async Task RenewAsync(LiveMember member, List<Claimant> holders)
    {
        foreach (var holder in holders)
        {
            (await Wire.PutAsync(member.Port, holder)).Status.ShouldBe(202);
        }
    }

    /// <summary>Time goes by in steps of less than a second, each of which the member sees: it did not stand still.</summary>
    private static async Task LiveThroughAsync(LiveMember member, FakeTime time, int from, int seconds)
    {
        const int StepsPerSecond = 2;
        await using var wire = await member.ConnectAsync();
        for (var step = 1; step <= seconds * StepsPerSecond; step++)
        {
            time.Set($"+{from + (step / (double)StepsPerSecond):0.0}");
            // A request of the pool makes it look at the clock.
            await wire.AskAsync(Wire.Request("DELETE", new Claimant("nobody")));
        }
    }
}
