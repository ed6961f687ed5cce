using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Berth.Testing;

namespace Berth.Runtime.Tests.Pools;

public sealed class PoolSnapshotsTests
{
    private static readonly PoolHostOptions _every100 = new() { SnapshotEvery = 100 };

    [Fact]
    public async Task A_snapshot_is_written_after_the_threshold_and_the_reopened_pool_is_the_same()
    {
        var first = await ActorRig.WithSeatsAsync(500, _every100);
        await ClaimAsync(first, 0, 98);
        await first.SummaryAsync();
        await ClaimAsync(first, 98, 30);
        await using var rig = await first.RestartAsync();

        var items = await Replayed.ItemsAsync(rig.Store, ActorRig.Pool);
        var part = items.OfType<SnapshotPart>().ShouldHaveSingleItem();
        part.Version.ShouldBeInRange(100, 131);
        items.OfType<JournalRecord>().ShouldAllBe(record => record.FirstVersion > part.Version);
        (await rig.SummaryAsync()).Held.ShouldBe(128);
        (await rig.SummaryAsync()).Version.ShouldBe((await rig.StoredAsync()).Version);
        (await rig.ClaimAsync("n0")).ShouldBeOfType<Renewed>();
        (await rig.ClaimAsync("new")).ShouldBeOfType<Granted>();
        await rig.StoredAsync();
    }

    [Fact]
    public async Task The_chain_goes_on_from_a_snapshot_that_is_the_newest_thing_there_is()
    {
        var first = await ActorRig.WithSeatsAsync(500, _every100);
        var hold = await first.BlockAsync();
        var claims = Enumerable.Range(0, 150).Select(i => first.ClaimAsync($"n{i}")).ToList();
        hold.Release();
        await Task.WhenAll(claims);
        await using var rig = await first.RestartAsync();
        (await Replayed.ItemsAsync(rig.Store, ActorRig.Pool)).ShouldAllBe(item => item is SnapshotPart);
        (await rig.ClaimAsync("next")).ShouldBeOfType<Granted>();
        (await rig.StoredAsync()).ClaimCount.ShouldBe(152);
    }

    [Fact]
    public async Task Turns_go_on_while_a_snapshot_is_written_and_no_second_one_begins()
    {
        var rig = await ActorRig.WithSeatsAsync(1000, _every100);
        var hold = rig.Journal.Hold(JournalCall.Snapshot);
        await ClaimAsync(rig, 0, 100);
        await rig.Within(hold.Reached);
        for (var i = 100; i < 400; i += 50)
        {
            await ClaimAsync(rig, i, 50);
        }

        rig.Journal.Count(JournalCall.Snapshot).ShouldBe(1);
        hold.Release();
        await rig.DisposeAsync();
        var state = await Replayed.NewestAsync(rig.Store, ActorRig.Pool);
        (state.ClaimCount, state.Version).ShouldBe((400, (await rig.StoredAsync()).Version));
    }

    [Fact]
    public async Task A_snapshot_holds_what_was_durable_when_it_began()
    {
        var rig = await ActorRig.WithSeatsAsync(1000, _every100);
        var hold = rig.Journal.Hold(JournalCall.Snapshot);
        await ClaimAsync(rig, 0, 120);
        await rig.Within(hold.Reached);
        for (var i = 0; i < 60; i++)
        {
            await rig.ReleaseAsync($"n{i}");
        }

        await ClaimAsync(rig, 500, 20);
        hold.Release();
        await rig.DisposeAsync();
        var state = await Replayed.NewestAsync(rig.Store, ActorRig.Pool);
        var stored = await rig.StoredAsync();
        (state.Version, state.Grants).ShouldBe((stored.Version, stored.Grants));
        state.Claims.Select(claim => claim.Node.Value).Order().ShouldBe(stored.Claims.Select(claim => claim.Node.Value).Order());
    }

    [Fact]
    public async Task A_crash_midway_falls_back_to_the_former_snapshot()
    {
        var wide = new string('x', 400);
        var first = await ActorRig.WithSeatsAsync(3000, new PoolHostOptions { SnapshotEvery = 1_000 });
        await ClaimAsync(first, 0, 1_200, wide);
        await first.DisposeAsync();
        var former = (await Replayed.ItemsAsync(first.Store, ActorRig.Pool)).OfType<SnapshotPart>().ToList();
        former.Count.ShouldBeGreaterThan(1);

        var second = await first.RestartAsync();
        second.Journal.Next(JournalCall.Snapshot, Fault.None, Fault.ThrowBefore);
        for (var i = 0; i < 8; i++)
        {
            await ClaimAsync(second, 5_000, 100, wide);
            await Task.WhenAll(Enumerable.Range(5_000, 100).Select(n => second.ReleaseAsync(wide + n)));
        }

        await second.DisposeAsync();
        second.Journal.Count(JournalCall.Snapshot).ShouldBe(2);
        second.Log.Count("a snapshot failed").ShouldBe(1);
        (await Replayed.ItemsAsync(first.Store, ActorRig.Pool)).OfType<SnapshotPart>().Select(part => part.Version).Distinct()
            .ShouldBe([former[0].Version]);

        await using var rig = await second.RestartAsync();
        (await rig.SummaryAsync()).Held.ShouldBe(1_200);
        (await rig.ClaimAsync(wide + "0")).ShouldBeOfType<Renewed>();
    }

    [Fact]
    public async Task A_snapshot_of_a_former_opening_is_refused()
    {
        await using var rig = await ActorRig.WithSeatsAsync(1000, _every100);
        var hold = rig.Journal.Hold(JournalCall.Snapshot);
        await ClaimAsync(rig, 0, 120);
        await rig.Within(hold.Reached);
        rig.Journal.Next(JournalCall.Append, Fault.ThrowAfter);
        (await rig.ClaimAsync("unsure")).ShouldBeOfType<global::Berth.Pools.Unknown>();
        await rig.SummaryAsync();
        hold.Release();
        await ClaimAsync(rig, 200, 10);
        await rig.DisposeAsync();
        rig.Log.Count("no snapshot was written").ShouldBe(1);
        (await Replayed.ItemsAsync(rig.Store, ActorRig.Pool)).OfType<SnapshotPart>().ShouldBeEmpty();
    }

    [Fact]
    public async Task Opening_again_replays_only_what_is_not_known_and_writes_no_snapshot_early()
    {
        var rig = await ActorRig.WithSeatsAsync(1000, _every100);
        await ClaimAsync(rig, 0, 150);
        await rig.ReleaseAsync("n0");
        for (var i = 0; i < 10; i++)
        {
            rig.Journal.Next(JournalCall.Append, i % 2 == 0 ? Fault.ThrowAfter : Fault.ThrowBefore);
            await rig.ClaimAsync($"unsure{i}");
            await rig.SummaryAsync();
        }

        await rig.DisposeAsync();
        rig.Journal.Count(JournalCall.Open).ShouldBe(11);
        rig.Journal.Count(JournalCall.Snapshot).ShouldBe(1);
        (await rig.StoredAsync()).ClaimCount.ShouldBe(154);
    }

    private static async Task ClaimAsync(ActorRig rig, int from, int count, string prefix = "n")
    {
        var claims = Enumerable.Range(from, count).Select(i => rig.ClaimAsync($"{prefix}{i}")).ToList();
        (await Task.WhenAll(claims)).ShouldAllBe(reply => reply is Granted);
    }
}
