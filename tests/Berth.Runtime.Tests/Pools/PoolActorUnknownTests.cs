using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Berth.Testing;
using Unknown = Berth.Pools.Unknown;

namespace Berth.Runtime.Tests.Pools;

/// <summary>The store fails, and nobody knows what is written.</summary>
public sealed class PoolActorUnknownTests
{
    [Fact]
    public async Task An_exception_before_the_commit_is_Unknown_and_the_seat_is_free()
    {
        await using var rig = await ActorRig.WithSeatsAsync(1);
        rig.Journal.Next(JournalCall.Append, Fault.ThrowBefore);
        (await rig.ClaimAsync("a")).ShouldBe(Unknown.Instance);
        (await rig.HoldsAsync("a")).ShouldBeFalse();
        (await rig.ClaimAsync("b")).ShouldBeOfType<Granted>();
        rig.Journal.Count(JournalCall.Open).ShouldBe(2);
        (await rig.StoredAsync()).ClaimOf(new("b")).ShouldNotBeNull();
    }

    [Fact]
    public async Task An_exception_after_the_commit_is_Unknown_and_the_first_renewal_repeats_the_license()
    {
        await using var rig = await ActorRig.WithSeatsAsync(1);
        rig.Journal.Next(JournalCall.Append, Fault.ThrowAfter);
        (await rig.ClaimAsync("a")).ShouldBe(Unknown.Instance);
        (await rig.ClaimAsync("b")).ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        (await rig.ClaimAsync("a")).ShouldBe(new Renewed(new("lic"), 60_000, Repeat: true));
        (await rig.ClaimAsync("a")).ShouldBe(new Renewed(new("lic"), 60_000, Repeat: false));
        (await rig.StoredAsync()).ClaimCount.ShouldBe(1);
    }

    [Theory]
    [InlineData(Fault.ThrowBefore)]
    [InlineData(Fault.ThrowAfter)]
    public async Task Mails_that_write_nothing_are_decided_again_on_what_is_stored(Fault fault)
    {
        await using var rig = await ActorRig.WithSeatsAsync(2);
        await rig.ClaimAsync("held");
        var hold = await rig.BlockAsync("other");
        rig.Journal.Next(JournalCall.Append, fault);
        var release = rig.ReleaseAsync("held");
        var renewal = rig.ClaimAsync("other");
        var gone = rig.ReleaseAsync("held");
        hold.Release();
        (await release).ShouldBe(Unknown.Instance);
        (await renewal).ShouldBeOfType<Renewed>();
        (await gone).ShouldBe(fault == Fault.ThrowAfter ? NotHeld.Instance : Released.Instance);
        (await rig.StoredAsync()).ClaimCount.ShouldBe(1);
        (await rig.SummaryAsync()).Held.ShouldBe(1);
    }

    [Fact]
    public async Task Without_heartbeats_a_lost_grant_is_granted_again_once()
    {
        await using var rig = await ActorRig.WithSeatsAsync(1);
        rig.Journal.Next(JournalCall.Append, Fault.ThrowAfter);
        (await rig.ClaimAsync("a")).ShouldBe(Unknown.Instance);
        await rig.SendAsync(new SetPolicyException(new(null, null, false), Who.Nobody));
        (await rig.ClaimAsync("a")).ShouldBe(new Granted(new("lic"), 60_000, 1));
        (await rig.ClaimAsync("a")).ShouldBe(AlreadyHeld.Instance);
    }

    [Fact]
    public async Task A_pool_that_cannot_be_opened_answers_NotWritten_until_it_can()
    {
        var first = await ActorRig.WithSeatsAsync(1);
        await first.ClaimAsync("a");
        await first.DisposeAsync();
        await using var rig = new ActorRig(store: first.Store, clock: first.Clock, epoch: 2);
        rig.Journal.Next(JournalCall.Open, Fault.ThrowBefore, Fault.ThrowAfter, Fault.ThrowBefore, Fault.ThrowBefore);
        rig.Run();
        for (var failures = 1; failures <= 4; failures++)
        {
            var pause = TimeSpan.FromMilliseconds(50 << (failures - 1));
            await rig.Within(rig.Clock.TimersAsync(1, rig.Deadline));
            rig.Journal.Count(JournalCall.Open).ShouldBe(failures);
            var claim = rig.ClaimAsync("a");
            claim.IsCompleted.ShouldBeFalse();
            rig.Clock.Advance(pause);
            var reply = await claim;
            if (failures < 4)
            {
                reply.ShouldBeOfType<NotWritten>().Reason.ShouldContain("cannot be opened");
            }
            else
            {
                reply.ShouldBe(new Renewed(new("lic"), 60_000, Repeat: true));
            }
        }
    }

    [Fact]
    public async Task Retries_of_an_open_are_spread_out_to_two_seconds()
    {
        await using var rig = new ActorRig();
        rig.Journal.Otherwise = (call, _) => call == JournalCall.Open ? Fault.ThrowBefore : Fault.None;
        rig.Run();
        foreach (var pause in (int[])[50, 100, 200, 400, 800, 1600, 2000, 2000])
        {
            await rig.Within(rig.Clock.TimersAsync(1, rig.Deadline));
            var opens = rig.Journal.Count(JournalCall.Open);
            rig.Clock.Advance(TimeSpan.FromMilliseconds(pause - 1));
            rig.Journal.Count(JournalCall.Open).ShouldBe(opens);
            rig.Clock.Advance(TimeSpan.FromMilliseconds(1));
            await rig.Within(rig.Clock.TimersAsync(1, rig.Deadline));
            rig.Journal.Count(JournalCall.Open).ShouldBe(opens + 1);
        }
    }

    [Fact]
    public async Task Stop_ends_a_pool_that_cannot_be_opened()
    {
        await using var rig = new ActorRig();
        rig.Journal.Otherwise = (_, _) => Fault.ThrowBefore;
        rig.Run();
        await rig.Within(rig.Clock.TimersAsync(1, rig.Deadline));
        var claim = rig.ClaimAsync("a");
        await rig.DisposeAsync();
        (await claim).ShouldBe(NotOwner.Instance);
    }

    [Fact]
    public async Task An_open_that_is_fenced_closes()
    {
        await using var rig = new ActorRig(epoch: 1);
        await rig.Store.CreatePoolAsync(ActorRig.Pool);
        await rig.Store.OpenAsync(ActorRig.Pool, new Epoch(2), null, _ => { });
        rig.Run();
        (await rig.ClaimAsync("a")).ShouldBe(NotOwner.Instance);
    }

    [Fact]
    public async Task A_journal_that_cannot_be_replayed_is_tried_again_slowly_and_never_served()
    {
        await using var rig = new ActorRig();
        await rig.Store.CreatePoolAsync(ActorRig.Pool);
        var opened = await rig.Store.OpenAsync(ActorRig.Pool, new Epoch(1), null, _ => { });
        var impossible = new SeatGranted(new("ghost"), new("no such license"), 1, 60_000, null, new Stamp(0, 0, Who.Nobody));
        var batch = new JournalBatch(1, Journal.EventSamples.Frame(impossible), new byte[AuditChain.HashBytes], [], []);
        await rig.Store.AppendAsync(ActorRig.Pool, new Epoch(1), opened.Opening, 0, batch);
        rig.Run();
        for (var opens = 1; opens <= 5; opens++)
        {
            await rig.Within(rig.Clock.TimersAsync(1, rig.Deadline));
            rig.Journal.Count(JournalCall.Open).ShouldBe(opens);
            var claim = rig.ClaimAsync("a");
            rig.Clock.Advance(TimeSpan.FromMilliseconds(50 << (opens - 1)));
            (await claim).ShouldBeOfType<NotWritten>();
        }
    }

    [Fact]
    public async Task Claims_do_not_age_while_the_store_is_away()
    {
        await using var rig = await ActorRig.WithSeatsAsync(2);
        await rig.ClaimAsync("a");
        rig.Age(TimeSpan.FromSeconds(50));
        rig.Journal.Otherwise = (_, _) => Fault.ThrowBefore;
        (await rig.ClaimAsync("b")).ShouldBe(Unknown.Instance);
        for (var i = 0; i < 300; i++)
        {
            await rig.Within(rig.Clock.TimersAsync(1, rig.Deadline));
            rig.Age(TimeSpan.FromSeconds(2));
        }

        await rig.Within(rig.Clock.TimersAsync(1, rig.Deadline));
        rig.Journal.Otherwise = null;
        rig.Sweep();
        rig.Clock.Advance(TimeSpan.FromSeconds(2));
        await rig.SummaryAsync();
        (await rig.HoldsAsync("a")).ShouldBeTrue();
        rig.Age(TimeSpan.FromSeconds(10));
        rig.Sweep();
        (await rig.SummaryAsync()).Held.ShouldBe(1);
        rig.Age(TimeSpan.FromSeconds(4));
        rig.Sweep();
        await rig.SummaryAsync();
        (await rig.SummaryAsync()).Held.ShouldBe(0);
    }

    [Fact]
    public async Task Heartbeats_that_waited_behind_a_slow_commit_find_their_claims()
    {
        await using var rig = await ActorRig.WithSeatsAsync(2);
        await rig.ClaimAsync("a");
        var hold = await rig.BlockAsync("b");
        rig.Age(TimeSpan.FromSeconds(30));
        var renewal = rig.ClaimAsync("a");
        rig.Age(TimeSpan.FromSeconds(60));
        rig.Sweep();
        hold.Release();
        (await renewal).ShouldBeOfType<Renewed>();
        (await rig.HoldsAsync("b")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_sweep_whose_append_fails_does_not_run_again_at_once()
    {
        await using var rig = await ActorRig.WithSeatsAsync(5_000);
        await Task.WhenAll(Enumerable.Range(0, 4_500).Select(i => rig.ClaimAsync($"n{i}")));
        await rig.ClaimAsync("a");
        rig.Age(TimeSpan.FromSeconds(63));
        rig.Journal.Otherwise = (call, _) => call == JournalCall.Append ? Fault.ThrowBefore : Fault.None;
        var before = rig.Journal.Count(JournalCall.Append);
        rig.Sweep().ShouldBe(1);
        for (var i = 0; i < 50; i++)
        {
            (await rig.HoldsAsync("a")).ShouldBeTrue();
        }

        rig.Journal.Count(JournalCall.Append).ShouldBe(before + 1);
        rig.Journal.Otherwise = null;
        rig.Sweep().ShouldBe(1);
        while ((await rig.SummaryAsync()).Held > 0)
        {
            rig.Deadline.ThrowIfCancellationRequested();
        }
    }
}
