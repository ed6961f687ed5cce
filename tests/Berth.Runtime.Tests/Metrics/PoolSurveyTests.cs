using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Metrics;
using Berth.Runtime.Tests.Pools;
using Berth.Testing;

namespace Berth.Runtime.Tests.Metrics;

/// <summary>Looks at pools from outside.</summary>
public sealed class PoolSurveyTests
{
    [Fact]
    public async Task An_idle_pool_is_looked_at_at_once_and_is_as_it_was_after()
    {
        await using var rig = await HostRig.StartAsync();
        await rig.PoolAsync("p", 10);
        await rig.ClaimAsync("p", "a");
        await rig.AgeAsync(TimeSpan.FromSeconds(7));
        await rig.ClaimAsync("p", "b");
        var figures = await FiguresAsync(rig, "p");
        (figures.Seats, figures.Held, figures.Free, figures.Licenses).ShouldBe((10, 2, 8, 1));
        figures.HeardAgesMs.Select(age => (double)age).Order().ShouldBe([0, 7_000], 100);
        (await rig.ClaimAsync("p", "a")).ShouldBeOfType<Renewed>();
        (await FiguresAsync(rig, "p")).HeardAgesMs.ShouldAllBe(age => age <= 100);
    }

    [Fact]
    public async Task What_waits_is_added_up_and_the_fullest_mailbox_is_told()
    {
        await using var rig = await HostRig.StartAsync();
        await rig.PoolAsync("p", 10);
        await rig.PoolAsync("idle", 10);
        (await rig.Host.Survey.ReadAsync()).MostWaiting.ShouldBe(0);
        var hold = rig.Journal.Hold(JournalCall.Append);
        var first = rig.ClaimAsync("p", "a");
        await hold.Reached.WaitAsync(rig.Deadline);
        List<Task<PoolReply>> rest = [rig.ClaimAsync("p", "b"), rig.ClaimAsync("p", "c"), rig.ClaimAsync("p", "d")];
        var reading = rig.Host.Survey.ReadAsync();
        while (!reading.IsCompleted)
        {
            rig.Clock.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        ((await reading).Waiting, (await reading).MostWaiting).ShouldBe((3, 3));
        hold.Release();
        (await Task.WhenAll([first, .. rest])).ShouldAllBe(reply => reply is Granted);
    }

    [Fact]
    public async Task Of_many_holders_some_are_looked_at_evenly()
    {
        await using var rig = await HostRig.StartAsync();
        await rig.PoolAsync("p", 1_000);
        for (var i = 0; i < 1_000; i++)
        {
            await rig.ClaimAsync("p", $"n{i}");
            if (i % 100 == 99)
            {
                await rig.AgeAsync(TimeSpan.FromSeconds(1));
            }
        }

        var ages = (await FiguresAsync(rig, "p")).HeardAgesMs;
        ages.Count.ShouldBe(64);
        ages.Average().ShouldBe(5_500, 600);
    }

    [Fact]
    public async Task A_pool_that_waits_for_its_store_is_told_as_it_was_and_looked_at_when_it_is_done()
    {
        await using var rig = await HostRig.StartAsync();
        await rig.PoolAsync("p", 10);
        await rig.ClaimAsync("p", "a");
        (await FiguresAsync(rig, "p")).Held.ShouldBe(1);
        var hold = rig.Journal.Hold(JournalCall.Append);
        var claim = rig.ClaimAsync("p", "b");
        await hold.Reached.WaitAsync(rig.Deadline);
        var reading = rig.Host.Survey.ReadAsync();
        while (!reading.IsCompleted)
        {
            rig.Clock.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        Of(await reading, "p").Figures.Held.ShouldBe(1);
        hold.Release();
        (await claim).ShouldBeOfType<Granted>();
        await rig.SummaryAsync("p");
        (await FiguresAsync(rig, "p")).Held.ShouldBe(2);
    }

    [Fact]
    public async Task A_pool_that_cannot_be_opened_is_counted_as_such()
    {
        await using var rig = new HostRig();
        await rig.Store.CreatePoolAsync(new("bad"));
        rig.Journal.Otherwise = (call, pool) => call == JournalCall.Open && pool.Value == "bad" ? Fault.ThrowBefore : Fault.None;
        await rig.StartAsync();
        await rig.UntilAsync(async () => (await ReadAsync(rig)) is { Unopened: 1, Pools.Count: 1 });
    }

    [Fact]
    public async Task Answers_of_each_kind_are_counted()
    {
        await using var rig = await HostRig.StartAsync();
        await rig.PoolAsync("p", 1);
        await rig.ClaimAsync("p", "a");
        await rig.ClaimAsync("p", "a");
        await rig.ClaimAsync("p", "b");
        await rig.ReleaseAsync("p", "b");
        await rig.ReleaseAsync("p", "a");
        await rig.ClaimAsync("-", "a");
        await rig.SendAsync("p", new AskClaim(new("a")));
        Of(await ReadAsync(rig), "-").Counts[PoolCount.NoLicenses].ShouldBe(1);
        var counts = Of(await ReadAsync(rig), "p").Counts;
        Enum.GetValues<PoolCount>().Where(what => counts[what] != 0)
            .ShouldBe([PoolCount.Granted, PoolCount.AllHeld, PoolCount.Renewed, PoolCount.Released, PoolCount.ReleaseNotHeld]);
        rig.Host.Survey.Sum(PoolCount.Renewed).ShouldBe(1);
    }

    [Fact]
    public async Task An_append_of_unknown_outcome_is_no_grant()
    {
        await using var rig = await HostRig.StartAsync();
        await rig.PoolAsync("p", 1);
        rig.Journal.Next(JournalCall.Append, Fault.ThrowBefore);
        (await rig.ClaimAsync("p", "a")).ShouldBeOfType<Unknown>();
        await rig.SummaryAsync("p");
        var counts = Of(await ReadAsync(rig), "p").Counts;
        (counts[PoolCount.Granted], counts[PoolCount.Unknown]).ShouldBe((0L, 1L));
    }

    private static async Task<PoolFigures> FiguresAsync(HostRig rig, string pool) => Of(await ReadAsync(rig), pool).Figures;

    private static async Task<PoolReadings> ReadAsync(HostRig rig)
    {
        // What was answered may still be at the end of its turn.
        var reading = rig.Host.Survey.ReadAsync();
        while (!reading.IsCompleted)
        {
            rig.Clock.Advance(TimeSpan.FromMilliseconds(5));
            await Task.Yield();
        }

        return await reading;
    }

    private static PoolReading Of(PoolReadings readings, string pool) => readings.Pools.Single(one => one.Name.Value == pool);
}
