using Berth.Pools;
using Berth.Testing;

namespace Berth.Runtime.Tests.Pools;

/// <summary>The store refuses, and says so: certainly nothing was written.</summary>
public sealed class PoolActorRefusalTests
{
    [Fact]
    public async Task In_a_refused_batch_each_mail_is_decided_again_alone()
    {
        await using var rig = await ActorRig.WithSeatsAsync(9);
        await rig.ClaimAsync("held");
        var hold = await rig.BlockAsync();
        var before = rig.Journal.Count(JournalCall.Append);
        rig.Journal.Next(JournalCall.Append, Fault.NotWritten, Fault.None, Fault.NotWritten, Fault.None);
        var a = rig.ClaimAsync("a");
        var renewal = rig.ClaimAsync("held");
        var b = rig.ClaimAsync("b");
        var release = rig.ReleaseAsync("blocker");
        hold.Release();
        (await a).ShouldBeOfType<Granted>();
        (await renewal).ShouldBeOfType<Renewed>();
        (await b).ShouldBe(new NotWritten("the disk is full"));
        (await release).ShouldBe(Released.Instance);
        rig.Journal.Count(JournalCall.Append).ShouldBe(before + 4);
        (await rig.HoldsAsync("a")).ShouldBeTrue();
        (await rig.HoldsAsync("b")).ShouldBeFalse();
        (await rig.StoredAsync()).ClaimCount.ShouldBe(2);
    }

    [Fact]
    public async Task A_renewal_of_a_grant_that_was_refused_is_not_renewed()
    {
        await using var rig = await ActorRig.WithSeatsAsync(9);
        var hold = await rig.BlockAsync();
        rig.Journal.Next(JournalCall.Append, Fault.NotWritten, Fault.NotWritten, Fault.NotWritten);
        var grant = rig.ClaimAsync("a");
        var renewal = rig.ClaimAsync("a");
        hold.Release();
        (await grant).ShouldBeOfType<NotWritten>();
        (await renewal).ShouldBeOfType<NotWritten>();
        (await rig.HoldsAsync("a")).ShouldBeFalse();
    }

    [Fact]
    public async Task The_second_claim_of_a_node_is_granted_when_only_the_first_was_refused()
    {
        await using var rig = await ActorRig.WithSeatsAsync(9);
        var hold = await rig.BlockAsync();
        rig.Journal.Next(JournalCall.Append, Fault.NotWritten, Fault.NotWritten);
        var first = rig.ClaimAsync("a");
        var second = rig.ClaimAsync("a");
        hold.Release();
        (await first).ShouldBeOfType<NotWritten>();
        (await second).ShouldBeOfType<Granted>();
    }

    [Fact]
    public async Task On_a_full_disk_claims_are_NotWritten_while_renewals_go_on()
    {
        await using var rig = await ActorRig.WithSeatsAsync(9);
        await rig.ClaimAsync("held");
        rig.Journal.Otherwise = (call, _) => call == JournalCall.Append ? Fault.NotWritten : Fault.None;
        for (var i = 0; i < 20; i++)
        {
            rig.Age(TimeSpan.FromSeconds(30));
            var claim = rig.ClaimAsync("new");
            var renewal = rig.ClaimAsync("held");
            var release = rig.ReleaseAsync("held");
            (await claim).ShouldBeOfType<NotWritten>();
            (await renewal).ShouldBeOfType<Renewed>();
            (await release).ShouldBeOfType<NotWritten>();
            rig.Sweep();
        }

        rig.Journal.Otherwise = null;
        (await rig.HoldsAsync("held")).ShouldBeTrue();
        (await rig.ClaimAsync("new")).ShouldBeOfType<Granted>();
        (await rig.StoredAsync()).ClaimCount.ShouldBe(2);
    }

    [Fact]
    public async Task On_a_full_disk_a_sweep_is_tried_once_each_time_and_asks_for_one_more()
    {
        await using var rig = await ActorRig.WithSeatsAsync(9);
        await rig.ClaimAsync("a");
        rig.Age(TimeSpan.FromSeconds(63));
        rig.Journal.Otherwise = (call, _) => call == JournalCall.Append ? Fault.NotWritten : Fault.None;
        var before = rig.Journal.Count(JournalCall.Append);
        for (var i = 1; i <= 10; i++)
        {
            rig.Sweep().ShouldBe(1);
            (await rig.HoldsAsync("a")).ShouldBeTrue();
            rig.Journal.Count(JournalCall.Append).ShouldBe(before + i);
        }

        rig.Journal.Otherwise = null;
        rig.Sweep().ShouldBe(1);
        await rig.SummaryAsync();
        (await rig.HoldsAsync("a")).ShouldBeFalse();
        rig.Sweep().ShouldBe(0);
    }

    [Fact]
    public async Task A_fenced_append_is_NotOwner_for_all_and_closes()
    {
        await using var rig = await ActorRig.WithSeatsAsync(9);
        await rig.ClaimAsync("held");
        var hold = await rig.BlockAsync();
        rig.Journal.Next(JournalCall.Append, Fault.Fenced);
        var claim = rig.ClaimAsync("a");
        var renewal = rig.ClaimAsync("held");
        hold.Release();
        (await claim).ShouldBe(NotOwner.Instance);
        (await renewal).ShouldBe(NotOwner.Instance);
        (await rig.ClaimAsync("held")).ShouldBe(NotOwner.Instance);
        rig.Actor.IsClosed.ShouldBeTrue();
        (await rig.StoredAsync()).ClaimCount.ShouldBe(2);
    }

    [Fact]
    public async Task Mails_behind_one_that_is_fenced_while_decided_alone_are_NotOwner()
    {
        await using var rig = await ActorRig.WithSeatsAsync(9);
        var hold = await rig.BlockAsync();
        rig.Journal.Next(JournalCall.Append, Fault.NotWritten, Fault.Fenced);
        var claims = Enumerable.Range(0, 4).Select(i => rig.ClaimAsync($"n{i}")).ToList();
        hold.Release();
        (await Task.WhenAll(claims)).ShouldAllBe(reply => reply is NotOwner);
    }

    [Fact]
    public async Task Another_opening_of_the_pool_fences_the_first()
    {
        await using var rig = await ActorRig.WithSeatsAsync(9);
        await rig.Store.OpenAsync(ActorRig.Pool, new Epoch(2), null, _ => { });
        (await rig.ClaimAsync("a")).ShouldBe(NotOwner.Instance);
        (await rig.StoredAsync()).ClaimCount.ShouldBe(0);
    }
}
