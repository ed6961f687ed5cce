using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;

namespace Berth.Runtime.Tests.Pools;

/// <summary>The cluster's policy changes while pools are served.</summary>
public sealed class PolicyChangeTests
{
    private static readonly PolicyException _longer = new(TimeSpan.FromSeconds(90), null, null);

    [Fact]
    public async Task It_is_followed_at_once_and_after_a_restart()
    {
        var rig = await HostRig.StartAsync();
        await rig.PoolAsync("p", 2);
        (await rig.ClaimAsync("p", "a")).ShouldBeOfType<Granted>().TtlMs.ShouldBe(60_000);
        (await rig.Host.ChangePolicyAsync(_longer, Who.Nobody)).ShouldBe(Changed.Instance);
        (await rig.ClaimAsync("p", "b")).ShouldBeOfType<Granted>().TtlMs.ShouldBe(90_000);
        await using var next = await rig.RestartAsync();
        next.Host.Rules.ClusterPolicy.Ttl.ShouldBe(TimeSpan.FromSeconds(90));
    }

    [Fact]
    public async Task Changes_at_the_same_time_lose_no_part()
    {
        await using var rig = await HostRig.StartAsync();
        var changes = new[] { _longer, new PolicyException(null, Strategy.Rand, null), new PolicyException(null, null, false) }
            .Select(change => rig.Host.ChangePolicyAsync(change, Who.Nobody).AsTask());
        (await Task.WhenAll(changes)).ShouldAllBe(reply => reply is Changed);
        rig.Host.Rules.ClusterPolicy.ShouldBe(new Policy(TimeSpan.FromSeconds(90), Strategy.Rand, Heartbeats: false));
        (await rig.SummaryAsync("-")).ClusterPolicy.ShouldBe(rig.Host.Rules.ClusterPolicy);
    }

    [Fact]
    public async Task Exceptions_stay_ignored_where_they_are()
    {
        await using var rig = await HostRig.StartAsync(new PoolHostOptions { Rules = PoolRules.Default with { IgnoreExceptions = true } });
        await rig.PoolAsync("p", 1);
        await rig.SendAsync("p", new SetPolicyException(new PolicyException(TimeSpan.FromMinutes(9), null, null), Who.Nobody));
        (await rig.Host.ChangePolicyAsync(_longer, Who.Nobody)).ShouldBe(Changed.Instance);
        (await rig.ClaimAsync("p", "a")).ShouldBeOfType<Granted>().TtlMs.ShouldBe(90_000);
    }

    [Fact]
    public async Task Claims_of_silent_nodes_lapse_once_heartbeats_are_on_again()
    {
        await using var rig = await HostRig.StartAsync(new PoolHostOptions { ExplicitPolicy = new PolicyException(null, null, false) });
        await rig.PoolAsync("p", 1);
        (await rig.ClaimAsync("p", "a")).ShouldBeOfType<Granted>();
        (await rig.Host.ChangePolicyAsync(new PolicyException(null, null, true), Who.Nobody)).ShouldBe(Changed.Instance);
        await rig.AgeAsync(TimeSpan.FromSeconds(50));
        (await rig.HoldsAsync("p", "a")).ShouldBeTrue();
        await rig.AgeAsync(TimeSpan.FromSeconds(40));
        await rig.UntilAsync(async () => !await rig.HoldsAsync("p", "a"));
    }
}
