using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Berth.Testing;
using Berth.Testing.Cluster;

namespace Berth.Runtime.Tests.Pools;

public sealed class PoolActorTests
{
    [Fact]
    public async Task A_node_claims_renews_and_releases()
    {
        await using var rig = await ActorRig.WithSeatsAsync(1);
        (await rig.ClaimAsync("a")).ShouldBe(new Granted(new("lic"), 60_000, 1));
        (await rig.ClaimAsync("a")).ShouldBe(new Renewed(new("lic"), 60_000, Repeat: false));
        (await rig.ClaimAsync("b")).ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        (await rig.ReleaseAsync("a")).ShouldBe(Released.Instance);
        (await rig.ReleaseAsync("a")).ShouldBe(NotHeld.Instance);
        (await rig.ClaimAsync("b")).ShouldBe(new Granted(new("lic"), 60_000, 2));
    }

    [Fact]
    public async Task Renewals_and_denials_write_nothing()
    {
        await using var rig = await ActorRig.WithSeatsAsync(1);
        await rig.ClaimAsync("a");
        var appends = rig.Journal.Count(JournalCall.Append);
        await rig.ClaimAsync("a");
        await rig.ClaimAsync("b");
        await rig.ReleaseAsync("b");
        rig.Journal.Count(JournalCall.Append).ShouldBe(appends);
    }

    [Fact]
    public async Task A_reopened_pool_has_the_same_holders_for_a_full_ttl_and_no_longer()
    {
        var first = await ActorRig.WithSeatsAsync(2);
        first.Age(TimeSpan.FromHours(3));
        (await first.ClaimAsync("a")).ShouldBeOfType<Granted>();
        (await first.ClaimAsync("b")).ShouldBeOfType<Granted>();

        await using var rig = await first.RestartAsync();
        (await rig.SummaryAsync()).Held.ShouldBe(2);
        rig.Age(TimeSpan.FromSeconds(40));
        (await rig.ClaimAsync("b")).ShouldBe(new Renewed(new("lic"), 60_000, Repeat: true));
        rig.Age(TimeSpan.FromSeconds(21));
        rig.Sweep();
        (await rig.HoldsAsync("a")).ShouldBeTrue();
        rig.Age(TimeSpan.FromSeconds(2));
        rig.Sweep();
        await rig.SummaryAsync();
        (await rig.HoldsAsync("a")).ShouldBeFalse();
        (await rig.HoldsAsync("b")).ShouldBeTrue();
    }

    [Fact]
    public async Task Mails_that_wait_together_are_one_batch()
    {
        await using var rig = await ActorRig.WithSeatsAsync(101);
        var hold = await rig.BlockAsync();
        var appends = rig.Journal.Count(JournalCall.Append);
        var claims = Enumerable.Range(0, 100).Select(i => rig.ClaimAsync($"n{i}")).ToList();
        hold.Release();
        (await Task.WhenAll(claims)).ShouldAllBe(reply => reply is Granted);
        rig.Journal.Count(JournalCall.Append).ShouldBe(appends + 1);
    }

    [Fact]
    public async Task A_batch_has_at_most_BatchMax_mails()
    {
        await using var rig = await ActorRig.WithSeatsAsync(101, new PoolHostOptions { BatchMax = 10 });
        var hold = await rig.BlockAsync();
        var appends = rig.Journal.Count(JournalCall.Append);
        var claims = Enumerable.Range(0, 100).Select(i => rig.ClaimAsync($"n{i}")).ToList();
        hold.Release();
        await Task.WhenAll(claims);
        rig.Journal.Count(JournalCall.Append).ShouldBe(appends + 10);
    }

    [Fact]
    public async Task A_full_mailbox_is_Busy()
    {
        await using var rig = await ActorRig.WithSeatsAsync(9, new PoolHostOptions { MailboxCapacity = 4 });
        var hold = await rig.BlockAsync();
        var waiting = Enumerable.Range(0, 4).Select(i => rig.ClaimAsync($"n{i}")).ToList();
        (await rig.ClaimAsync("one too many")).ShouldBe(Busy.Instance);
        hold.Release();
        (await Task.WhenAll(waiting)).ShouldAllBe(reply => reply is Granted);
        (await rig.HoldsAsync("one too many")).ShouldBeFalse();
    }

    [Fact]
    public async Task Stop_answers_what_waits_and_then_is_NotOwner()
    {
        await using var rig = await ActorRig.WithSeatsAsync(9);
        var hold = await rig.BlockAsync();
        var waiting = Enumerable.Range(0, 5).Select(i => rig.ClaimAsync($"n{i}")).ToList();
        rig.Actor.Stop();
        (await rig.ClaimAsync("late")).ShouldBe(NotOwner.Instance);
        hold.Release();
        (await Task.WhenAll(waiting)).ShouldAllBe(reply => reply is Granted);
        rig.Actor.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public async Task Of_48_concurrent_first_claims_of_a_node_one_is_granted_and_47_are_renewed()
    {
        await using var rig = await ActorRig.WithSeatsAsync(48);
        var claims = Enumerable.Range(0, 48).Select(_ => Task.Run(() => rig.ClaimAsync("same"))).ToList();
        var replies = await Task.WhenAll(claims);
        replies.Count(reply => reply is Granted).ShouldBe(1);
        replies.Count(reply => reply is Renewed { Repeat: false }).ShouldBe(47);
        (await rig.SummaryAsync()).Held.ShouldBe(1);
    }

    [Fact]
    public async Task A_missing_pool_is_NotOwner_and_makes_no_pool()
    {
        await using var rig = new ActorRig();
        rig.Run();
        await rig.Within(rig.Actor.Opened);
        (await rig.ClaimAsync("a")).ShouldBe(NotOwner.Instance);
        (await rig.Store.ListPoolsAsync(null, 10)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_renewal_does_not_overtake_a_release_that_waits()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        await cluster.PoolAsync("p", 2);
        (await cluster.ClaimAsync("p", "a")).ShouldBeOfType<Granted>();

        // Both are sent before the actor takes its next turn.
        var replies = await cluster.WaitAsync(cluster.Begin(async ValueTask<(PoolReply Release, PoolReply Claim)> () =>
        {
            var release = cluster[0].Member.Pools.SendAsync(new("p"), new ReleaseSeat(new("a"), Who.Nobody), default);
            var claim = cluster[0].Member.Pools.SendAsync(new("p"), new ClaimSeat(new("a"), Who.Nobody), default);
            return (await release, await claim);
        }));
        replies.Release.ShouldBe(Released.Instance);
        replies.Claim.ShouldBeOfType<Granted>();
    }

    [Fact]
    public async Task A_claim_whose_caller_is_gone_is_dropped_and_a_release_is_decided()
    {
        await using var rig = await ActorRig.WithSeatsAsync(3);
        await rig.ClaimAsync("b");
        using var gone = new CancellationTokenSource();
        var hold = await rig.BlockAsync();
        var claim = rig.ClaimAsync("a", new(0, gone.Token));
        var release = rig.ReleaseAsync("b", new(0, gone.Token));
        await gone.CancelAsync();
        hold.Release();
        (await claim).ShouldBe(Busy.Instance);
        (await release).ShouldBe(Released.Instance);
        (await rig.HoldsAsync("a")).ShouldBeFalse();
        (await rig.HoldsAsync("b")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_mail_whose_time_has_run_out_is_not_decided()
    {
        await using var rig = await ActorRig.WithSeatsAsync(3);
        await rig.ClaimAsync("b");
        var soon = rig.Clock.GetTimestamp() + (rig.Clock.TimestampFrequency / 10);
        var hold = await rig.BlockAsync();
        var claim = rig.ClaimAsync("a", new(soon, default));
        var release = rig.ReleaseAsync("b", new(soon, default));
        var later = rig.ClaimAsync("c", new(soon + rig.Clock.TimestampFrequency, default));
        rig.Clock.Advance(TimeSpan.FromMilliseconds(200));
        hold.Release();
        (await claim).ShouldBe(Busy.Instance);
        (await release).ShouldBe(Busy.Instance);
        (await later).ShouldBeOfType<Granted>();
        (await rig.HoldsAsync("b")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_renewal_whose_time_has_run_out_is_not_given_at_once_either()
    {
        await using var rig = await ActorRig.WithSeatsAsync(1);
        await rig.ClaimAsync("a");
        await rig.SummaryAsync();
        (await rig.ClaimAsync("a", new(rig.Clock.GetTimestamp() - 1, default))).ShouldBe(Busy.Instance);
        (await rig.ClaimAsync("a", new(rig.Clock.GetTimestamp(), default))).ShouldBeOfType<Renewed>();
    }

    [Fact]
    public async Task A_renewal_while_an_append_is_on_its_way_waits_for_what_is_durable()
    {
        await using var rig = await ActorRig.WithSeatsAsync(1);
        var hold = await rig.BlockAsync("a");
        var renewal = rig.ClaimAsync("a");
        renewal.IsCompleted.ShouldBeFalse();
        hold.Release(Fault.NotWritten);
        (await renewal).ShouldBeOfType<Granted>();
    }

    [Fact]
    public async Task Renewals_from_many_threads_keep_every_deadline()
    {
        await using var rig = await ActorRig.WithSeatsAsync(40);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => rig.ClaimAsync($"n{i}")));
        var callers = Enumerable.Range(0, 4).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                (await rig.ClaimAsync($"n{((i * 7) + caller) % 20}")).ShouldBeOfType<Renewed>();
                if (i % 10 == 0)
                {
                    rig.Clock.Advance(TimeSpan.FromMilliseconds(1));
                    (await rig.ClaimAsync($"own{caller}")).ShouldBeOfType<Granted>();
                    (await rig.ReleaseAsync($"own{caller}")).ShouldBe(Released.Instance);
                }
            }
        }));
        await Task.WhenAll(callers);
        rig.Age(TimeSpan.FromSeconds(61));
        rig.Sweep();
        (await rig.SummaryAsync()).Held.ShouldBe(20);
        rig.Age(TimeSpan.FromSeconds(2));
        rig.Sweep();
        await rig.SummaryAsync();
        (await rig.SummaryAsync()).Held.ShouldBe(0);
        (await rig.StoredAsync()).ClaimCount.ShouldBe(0);
    }

    [Fact]
    public async Task Licenses_are_added_in_a_turn_of_their_own_with_their_rows()
    {
        await using var rig = await ActorRig.WithSeatsAsync(9);
        var hold = await rig.BlockAsync();
        var before = rig.Journal.Count(JournalCall.Append);
        var claim = rig.ClaimAsync("a");
        var add = rig.AddAsync("second", 5);
        var duplicate = rig.AddAsync("third", 5, key: "second");
        var after = rig.ClaimAsync("b");
        hold.Release();
        (await claim).ShouldBeOfType<Granted>();
        (await add).ShouldBe(Changed.Instance);
        (await duplicate).ShouldBeOfType<DuplicateLicense>();
        (await after).ShouldBeOfType<Granted>();
        rig.Journal.Count(JournalCall.Append).ShouldBe(before + 4);
        (await rig.Store.ReadLicenseAsync(new("second")))!.Key.ShouldBe("second");
        (await rig.Store.ReadLicenseAsync(new("third"))).ShouldBeNull();
        (await rig.SummaryAsync()).Licenses.ShouldBe(2);
    }

    [Fact]
    public async Task A_removed_license_takes_its_row_with_it_when_its_last_holder_is_gone()
    {
        await using var rig = await ActorRig.WithSeatsAsync(2);
        await rig.ClaimAsync("a");
        (await rig.SendAsync(new RemoveLicense(new("lic"), Who.Nobody))).ShouldBe(Changed.Instance);
        (await rig.Store.ReadLicenseAsync(new("lic"))).ShouldNotBeNull();
        (await rig.ReleaseAsync("a")).ShouldBe(Released.Instance);
        (await rig.Store.ReadLicenseAsync(new("lic"))).ShouldBeNull();
        (await rig.AddAsync("lic", 2)).ShouldBe(Changed.Instance);
    }

    [Fact]
    public async Task A_command_that_breaks_a_rule_is_refused_alone()
    {
        await using var rig = await ActorRig.WithSeatsAsync(9);
        var hold = await rig.BlockAsync();
        var before = rig.ClaimAsync("a");
        var poison = rig.SendAsync(new ClaimSeat(new("poison"), Who.Nobody, new string('k', 5000)));
        var after = rig.ClaimAsync("b");
        hold.Release();
        (await poison).ShouldBeOfType<NotWritten>();
        (await before).ShouldBeOfType<Granted>();
        (await after).ShouldBeOfType<Granted>();
        (await rig.SummaryAsync()).Held.ShouldBe(3);
        (await rig.StoredAsync()).ClaimCount.ShouldBe(3);
        rig.Log.Count("broke a rule").ShouldBe(1);
    }

    [Fact]
    public async Task A_listener_that_throws_ends_the_actor_and_leaves_nobody_waiting()
    {
        var rig = await ActorRig.WithSeatsAsync(9);
        rig.Shared.OnDurable = (_, _) => throw new InvalidOperationException("listener");
        (await rig.ClaimAsync("a")).ShouldBe(Unknown.Instance);
        (await rig.ClaimAsync("b")).ShouldBe(NotOwner.Instance);
        rig.Shared.LostPool.ShouldBeTrue();
        await rig.DisposeAsync();
    }
}
