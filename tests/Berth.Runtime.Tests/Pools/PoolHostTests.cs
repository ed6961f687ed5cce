using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Berth.Testing;

namespace Berth.Runtime.Tests.Pools;

public sealed class PoolHostTests
{
    private static readonly PolicyException _ninetySeconds = new(TimeSpan.FromSeconds(90), null, null);

    [Fact]
    public async Task A_name_that_no_pool_has_is_NoSuchPool_and_makes_none()
    {
        await using var rig = await HostRig.StartAsync();
        (await rig.ClaimAsync("nobody's", "a")).ShouldBe(NoSuchPool.Instance);
        rig.Host.Has(new("nobody's")).ShouldBeFalse();
        rig.Host.Names.ShouldBe([PoolName.Global]);
        (await rig.ClaimAsync("-", "a")).ShouldBe(new NoSeatFree(DenialReason.NoLicenses));
    }

    [Fact]
    public async Task Pools_are_found_again_after_a_restart()
    {
        var first = await HostRig.StartAsync();
        await first.PoolAsync("b", 1);
        await first.PoolAsync("a", 1);
        await first.ClaimAsync("a", "node");
        await using var rig = await first.RestartAsync();
        rig.Host.Names.ShouldBe([PoolName.Global, new("a"), new("b")]);
        (await rig.HoldsAsync("a", "node")).ShouldBeTrue();
        (await rig.HoldsAsync("b", "node")).ShouldBeFalse();
    }

    [Fact]
    public async Task Where_nodes_are_exclusive_a_pool_that_cannot_be_opened_stops_the_start()
    {
        var first = await HostRig.StartAsync();
        await first.PoolAsync("damaged", 1);
        await first.DisposeAsync();
        await using var rig = new HostRig(new PoolHostOptions { ExclusiveNodes = true }, first.Store, first.Clock, epoch: 2);
        rig.Journal.Otherwise = (call, pool) => call == JournalCall.Open && pool.Value == "damaged" ? Fault.ThrowBefore : Fault.None;
        var refusal = await rig.StartAsync().ShouldThrowAsync<InvalidOperationException>();
        refusal.Message.ShouldStartWith("pool damaged cannot be opened");
        await rig.Host.StopAsync().WaitAsync(rig.Deadline);
    }

    [Fact]
    public async Task A_pool_lost_to_another_owner_is_seen()
    {
        await using var rig = await HostRig.StartAsync();
        await rig.PoolAsync("p", 1);
        rig.Host.ServesAll.ShouldBeTrue();
        rig.Journal.Otherwise = (call, pool) => call == JournalCall.Append && pool.Value == "p" ? Fault.Fenced : Fault.None;
        (await rig.ClaimAsync("p", "a")).ShouldBe(NotOwner.Instance);
        await rig.UntilAsync(() => Task.FromResult(!rig.Host.ServesAll));
    }

    [Fact]
    public async Task A_claim_past_its_deadline_is_expired_at_the_cull_interval()
    {
        await using var rig = await HostRig.StartAsync();
        await rig.PoolAsync("p", 2);
        await rig.ClaimAsync("p", "a");
        await rig.AgeAsync(TimeSpan.FromSeconds(61));
        (await rig.HoldsAsync("p", "a")).ShouldBeTrue();
        await rig.UntilAsync(async () =>
        {
            await rig.AgeAsync(ServiceClock.TickEvery);
            return !await rig.HoldsAsync("p", "a");
        });
        (await Replayed.FromAsync(rig.Store, new("p"))).ClaimCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_process_that_stood_still_loses_no_claim()
    {
        await using var rig = await HostRig.StartAsync();
        await rig.PoolAsync("p", 1);
        await rig.ClaimAsync("p", "a");
        rig.Clock.Jump(TimeSpan.FromMinutes(30));
        (await rig.ClaimAsync("p", "b")).ShouldBeOfType<NoSeatFree>();
        rig.Host.Sweep();
        (await rig.ClaimAsync("p", "a")).ShouldBeOfType<Renewed>();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_step_of_the_wall_clock_is_reported_once(int days)
    {
        await using var rig = await HostRig.StartAsync();
        await rig.PoolAsync("p", 1);
        await rig.ClaimAsync("p", "a");
        rig.Clock.StepWall(TimeSpan.FromDays(days));
        await rig.AgeAsync(TimeSpan.FromSeconds(2));
        await rig.UntilAsync(() => Task.FromResult(rig.Log.Count("clock.stepped") > 0));
        await rig.AgeAsync(TimeSpan.FromSeconds(50));
        (await rig.HoldsAsync("p", "a")).ShouldBeTrue();
        rig.Log.Count("clock.stepped").ShouldBe(1);
    }

    [Fact]
    public async Task An_explicit_policy_is_recorded_and_kept_by_a_start_without_it()
    {
        var first = await HostRig.StartAsync(new PoolHostOptions { ExplicitPolicy = _ninetySeconds });
        await first.PoolAsync("p", 1);
        (await first.ClaimAsync("p", "a")).ShouldBe(new Granted(new("lic-p-1"), 90_000, 1));
        await using var rig = await first.RestartAsync(new PoolHostOptions());
        rig.Host.Rules.ClusterPolicy.ShouldBe(Policy.Default with { Ttl = TimeSpan.FromSeconds(90) });
        (await rig.SummaryAsync("-")).ClusterPolicy!.TtlMs.ShouldBe(90_000);
        (await rig.ClaimAsync("p", "a")).ShouldBe(new Renewed(new("lic-p-1"), 90_000, Repeat: true));
    }

    [Fact]
    public async Task An_explicit_policy_that_is_recorded_already_writes_nothing()
    {
        var options = new PoolHostOptions { ExplicitPolicy = _ninetySeconds };
        var first = await HostRig.StartAsync(options);
        await using var rig = await first.RestartAsync();
        rig.Journal.Count(JournalCall.Append).ShouldBe(0);
        rig.Host.Rules.ClusterPolicy.TtlMs.ShouldBe(90_000);
    }

    [Fact]
    public async Task A_pools_exception_stands_over_the_clusters_policy()
    {
        var first = await HostRig.StartAsync(new PoolHostOptions { ExplicitPolicy = _ninetySeconds });
        await first.PoolAsync("p", 2);
        await first.PoolAsync("q", 2);
        await first.SendAsync("p", new SetPolicyException(new(TimeSpan.FromSeconds(45), null, null), Who.Nobody));
        var rig = await first.RestartAsync(new PoolHostOptions { ExplicitPolicy = new(TimeSpan.FromSeconds(120), null, null) });
        ((Granted)await rig.ClaimAsync("p", "a")).TtlMs.ShouldBe(45_000);
        ((Granted)await rig.ClaimAsync("q", "a")).TtlMs.ShouldBe(120_000);
        var ignoring = new PoolHostOptions { Rules = PoolRules.Default with { IgnoreExceptions = true } };
        await using var last = await rig.RestartAsync(ignoring);
        ((Granted)await last.ClaimAsync("p", "b")).TtlMs.ShouldBe(120_000);
    }

    [Fact]
    public async Task A_policy_that_cannot_be_recorded_is_an_error_at_the_start()
    {
        await using var rig = new HostRig(new PoolHostOptions { ExplicitPolicy = _ninetySeconds });
        rig.Journal.Next(JournalCall.Append, Fault.NotWritten);
        var failure = await Should.ThrowAsync<InvalidOperationException>(rig.StartAsync);
        failure.Message.ShouldContain("cannot be recorded");
    }

    [Fact]
    public async Task Events_are_told_once_they_are_durable()
    {
        var told = new List<PoolEvent>();
        await using var rig = new HostRig();
        rig.Host.OnDurable = (_, happened) => told.Add(happened);
        await rig.StartAsync();
        await rig.PoolAsync("p", 1);
        told.Clear();
        rig.Journal.Next(JournalCall.Append, Fault.NotWritten);
        await rig.ClaimAsync("p", "a");
        told.ShouldBeEmpty();
        await rig.ClaimAsync("p", "a");
        told.OfType<SeatGranted>().ShouldHaveSingleItem().Node.Value.ShouldBe("a");
    }

    [Fact]
    public async Task After_the_stop_everything_is_NotOwner()
    {
        var rig = await HostRig.StartAsync();
        await rig.PoolAsync("p", 1);
        await rig.PoolAsync("never asked", 1);
        await rig.DisposeAsync();
        (await rig.ClaimAsync("p", "a")).ShouldBe(NotOwner.Instance);
    }
}
