using System.Collections;
using Berth.Pools;
using Berth.Runtime.Pools;
using Berth.Testing;
using Unknown = Berth.Pools.Unknown;

namespace Berth.Runtime.Tests.Pools;

/// <summary>One claim a node over all pools.</summary>
public sealed class ExclusiveNodesTests
{
    private static readonly PoolHostOptions _exclusive = new() { ExclusiveNodes = true };

    [Fact]
    public async Task A_node_held_elsewhere_is_told_so_only_where_a_seat_is_free()
    {
        await using var rig = await TwoPoolsAsync();
        await rig.ClaimAsync("a", "node");
        (await rig.ClaimAsync("b", "node")).ShouldBe(HeldElsewhere.Instance);
        await rig.ClaimAsync("b", "other");
        (await rig.ClaimAsync("b", "node")).ShouldBe(new NoSeatFree(DenialReason.AllHeld));
        (await rig.ClaimAsync("a", "node")).ShouldBeOfType<Renewed>();
        rig.Host.HoldsAnywhere(new("node")).ShouldBe(true);
        rig.Host.HoldsAnywhere(new("nobody")).ShouldBe(false);
    }

    [Fact]
    public async Task An_import_brings_no_node_a_second_seat_and_leaves_the_others_free()
    {
        await using var rig = await TwoPoolsAsync();
        await rig.ClaimAsync("a", "node");
        (await ImportAsync(rig, "other", "node")).ShouldBe(AlreadyHeld.Instance);
        rig.Host.HoldsAnywhere(new("other")).ShouldBe(false);
        (await ImportAsync(rig, "other")).ShouldBe(Changed.Instance);
        rig.Host.HoldsAnywhere(new("other")).ShouldBe(true);
    }

    private static ValueTask<PoolReply> ImportAsync(HostRig rig, params string[] holders)
    {
        var licenses = holders.Select(node =>
            new ImportedLicense(new LicenseGrant(new($"imported-{node}"), 1, null), 1, 1, 1, 0, new Fingerprint(node))).ToList();
        return rig.Host.SendAsync(new("b"), new ImportLicenses(licenses, Who.Nobody), default);
    }

    [Fact]
    public async Task A_refused_claim_leaves_the_node_free()
    {
        await using var rig = await TwoPoolsAsync();
        await rig.ClaimAsync("a", "other");
        (await rig.ClaimAsync("a", "node")).ShouldBeOfType<NoSeatFree>();
        rig.Host.HoldsAnywhere(new("node")).ShouldBe(false);
        (await rig.ClaimAsync("b", "node")).ShouldBeOfType<Granted>();
    }

    [Fact]
    public async Task A_release_frees_the_node()
    {
        await using var rig = await TwoPoolsAsync();
        await rig.ClaimAsync("a", "node");
        (await rig.ReleaseAsync("a", "node")).ShouldBe(Released.Instance);
        (await rig.ClaimAsync("b", "node")).ShouldBeOfType<Granted>();
    }

    [Fact]
    public async Task An_expiry_frees_the_node()
    {
        await using var rig = await TwoPoolsAsync();
        await rig.ClaimAsync("a", "node");
        await rig.AgeAsync(TimeSpan.FromSeconds(63));
        rig.Host.Sweep();
        await rig.UntilAsync(async () => !await rig.HoldsAsync("a", "node"));
        (await rig.ClaimAsync("b", "node")).ShouldBeOfType<Granted>();
    }

    [Fact]
    public async Task Concurrent_claims_in_two_pools_never_hold_two()
    {
        await using var rig = await HostRig.StartAsync(_exclusive);
        await rig.PoolAsync("a", 200);
        await rig.PoolAsync("b", 200);
        for (var i = 0; i < 200; i++)
        {
            var node = $"n{i}";
            var replies = await Task.WhenAll(Task.Run(() => rig.ClaimAsync("a", node)), Task.Run(() => rig.ClaimAsync("b", node)));
            replies.Count(reply => reply is Granted).ShouldBe(1);
            replies.Count(reply => reply is HeldElsewhere).ShouldBe(1);
        }

        ((await rig.SummaryAsync("a")).Held + (await rig.SummaryAsync("b")).Held).ShouldBe(200);
    }

    [Fact]
    public async Task A_restart_knows_all_nodes_before_the_first_answer()
    {
        var first = await TwoPoolsAsync();
        await first.ClaimAsync("a", "node");
        await first.DisposeAsync();
        await using var rig = new HostRig(_exclusive, first.Store, first.Clock, epoch: 2);
        var hold = rig.Journal.Hold(JournalCall.Open);
        var start = rig.StartAsync();
        await hold.Reached.WaitAsync(rig.Deadline);
        start.IsCompleted.ShouldBeFalse();
        hold.Release();
        await start;
        rig.Host.HoldsAnywhere(new("node")).ShouldBe(true);
        (await rig.ClaimAsync("b", "node")).ShouldBe(HeldElsewhere.Instance);
    }

    [Theory]
    [InlineData(Fault.ThrowAfter)]
    [InlineData(Fault.ThrowBefore)]
    public async Task After_an_unknown_grant_the_node_stays_taken_until_the_pool_is_open_again(Fault fault)
    {
        await using var rig = await TwoPoolsAsync();
        var hold = rig.Journal.Hold(JournalCall.Open);
        rig.Journal.Next(JournalCall.Append, fault);
        (await rig.ClaimAsync("a", "node")).ShouldBe(Unknown.Instance);
        await hold.Reached.WaitAsync(rig.Deadline);
        (await rig.ClaimAsync("b", "node")).ShouldBe(HeldElsewhere.Instance);
        hold.Release();
        var holds = await rig.HoldsAsync("a", "node");
        holds.ShouldBe(fault == Fault.ThrowAfter);
        (await rig.ClaimAsync("b", "node")).ShouldBeOfType(holds ? typeof(HeldElsewhere) : typeof(Granted));
    }

    [Fact]
    public async Task After_an_unknown_release_the_node_stays_taken_until_the_pool_is_open_again()
    {
        await using var rig = await TwoPoolsAsync();
        await rig.ClaimAsync("a", "node");
        var hold = rig.Journal.Hold(JournalCall.Open);
        rig.Journal.Next(JournalCall.Append, Fault.ThrowAfter);
        (await rig.ReleaseAsync("a", "node")).ShouldBe(Unknown.Instance);
        await hold.Reached.WaitAsync(rig.Deadline);
        (await rig.ClaimAsync("b", "node")).ShouldBe(HeldElsewhere.Instance);
        hold.Release();
        (await rig.HoldsAsync("a", "node")).ShouldBeFalse();
        (await rig.ClaimAsync("b", "node")).ShouldBeOfType<Granted>();
    }

    [Fact]
    public async Task Another_listener_does_not_replace_the_map()
    {
        await using var rig = new HostRig(_exclusive);
        var told = 0;
        rig.Host.OnDurable = (_, _) => Interlocked.Increment(ref told);
        await rig.StartAsync();
        await rig.PoolAsync("a", 1);
        await rig.PoolAsync("b", 1);
        await rig.ClaimAsync("a", "node");
        (await rig.ClaimAsync("b", "node")).ShouldBe(HeldElsewhere.Instance);
        told.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_node_is_never_free_while_the_map_follows_an_opening()
    {
        var nodes = new ExclusiveNodes();
        var state = new PoolState(new("a"));
        var stamp = new Stamp(0, 0, Who.Nobody);
        Pool.Evolve(state, new LicenseAdded(new("l"), 1, null, stamp));
        Pool.Evolve(state, new SeatGranted(new("node"), new("l"), 1, 60_000, null, stamp));
        nodes.Follow(new("a"), state.Claims);
        nodes.Follow(new("a"), new Watched(state.Claims, () => nodes.TryEnter(new("node"), new("b")).ShouldBeFalse()));
        nodes.TryEnter(new("node"), new("b")).ShouldBeFalse();
        nodes.Follow(new("a"), []);
        nodes.TryEnter(new("node"), new("b")).ShouldBeTrue();
    }

    private static async Task<HostRig> TwoPoolsAsync()
    {
        var rig = await HostRig.StartAsync(_exclusive);
        await rig.PoolAsync("a", 1);
        await rig.PoolAsync("b", 1);
        return rig;
    }

    private sealed class Watched(IReadOnlyCollection<Claim> claims, Action look) : IReadOnlyCollection<Claim>
    {
        public int Count => claims.Count;

        public IEnumerator<Claim> GetEnumerator()
        {
            look();
            return claims.GetEnumerator();
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
