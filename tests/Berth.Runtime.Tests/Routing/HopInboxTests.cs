using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;
using Berth.Runtime.Routing;
using Berth.Testing.Cluster;

namespace Berth.Runtime.Tests.Routing;

/// <summary>What one member makes of a hop, whatever was sent. The member is the only one of its cluster, so that it owns every pool.</summary>
public sealed class HopInboxTests : IAsyncLifetime
{
    private static readonly PoolName _pool = new("pool");
    private static readonly Incarnation _sender = new(77);
    private TestCluster _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await TestCluster.StartAsync(members: 1);
        await _cluster.PoolAsync("pool", seats: 3);
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_hop_is_decided_once()
    {
        (await PostAsync(Claim("a", number: 1))).ShouldBeOfType<Granted>();
        (await PostAsync(Claim("b", number: 1))).ShouldBe(Unknown.Instance);
        (await _cluster.HoldsAsync("pool", "b")).ShouldBeFalse();
        (await PostAsync(Claim("b", number: 2))).ShouldBeOfType<Granted>();
    }

    [Fact]
    public async Task Numbers_are_the_senders_own()
    {
        (await PostAsync(Claim("a", number: 1))).ShouldBeOfType<Granted>();
        (await PostAsync(Claim("b", number: 1) with { From = new(78) })).ShouldBeOfType<Granted>();
    }

    [Fact]
    public async Task One_that_is_too_late_on_this_members_clock_is_not_decided()
    {
        var late = Claim("a", number: 1) with { NotAfterMs = NowMs() + 1_000 };
        await _cluster.PassAsync(TimeSpan.FromMilliseconds(1_002));
        (await PostAsync(late)).ShouldBe(NotOwner.Instance);
        (await _cluster.HoldsAsync("pool", "a")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_copy_that_is_late_says_nothing_of_what_became_of_the_first()
    {
        var hop = Claim("a", number: 1) with { NotAfterMs = NowMs() + 1_000 };
        (await PostAsync(hop)).ShouldBeOfType<Granted>();
        await _cluster.PassAsync(TimeSpan.FromSeconds(2));
        (await PostAsync(hop)).ShouldBe(Unknown.Instance);
    }

    [Fact]
    public async Task One_to_a_former_life_is_not_decided()
    {
        var former = Claim("a", number: 1) with { To = new(_cluster[0].Self.Value - 1) };
        (await PostAsync(former)).ShouldBe(NotOwner.Instance);
        (await _cluster.HoldsAsync("pool", "a")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_claim_whose_caller_is_gone_is_not_decided_and_a_release_is()
    {
        await _cluster.ClaimAsync("pool", "held");
        using var gone = new CancellationTokenSource();
        gone.Cancel();
        (await PostAsync(Claim("a", number: 1), gone.Token)).ShouldBe(Busy.Instance);
        (await _cluster.HoldsAsync("pool", "a")).ShouldBeFalse();
        var release = Claim("held", number: 2) with { Command = new ReleaseSeat(new("held"), Who.Nobody) };
        (await PostAsync(release, gone.Token)).ShouldBe(Released.Instance);
    }

    [Fact]
    public async Task A_member_that_lives_long_is_not_forgotten_for_newer_ones()
    {
        (await PostAsync(Claim("old", number: 1) with { From = new(1) })).ShouldBeOfType<Granted>();
        for (var sender = 100; sender < 600; sender++)
        {
            await PostAsync(Claim("young", number: 1) with { From = new(sender), NotAfterMs = NowMs() + 1_000 });
            await _cluster.PassAsync(TimeSpan.FromMilliseconds(10));
        }

        (await PostAsync(Claim("old", number: 2) with { From = new(1) })).ShouldBeOfType<Renewed>();
    }

    [Fact]
    public async Task Too_many_senders_at_once_are_not_heard()
    {
        for (var sender = 100; sender < 100 + 256; sender++)
        {
            await PostAsync(Claim("a", number: 1) with { From = new(sender) });
        }

        (await PostAsync(Claim("b", number: 1) with { From = new(1_000) })).ShouldBe(Unknown.Instance);
        (await PostAsync(Claim("b", number: 2) with { From = new(100) })).ShouldBeOfType<Granted>();
    }

    [Fact]
    public async Task A_limit_beyond_all_time_is_a_long_one()
    {
        for (var sender = 100; sender < 100 + 256; sender++)
        {
            (await PostAsync(Claim("a", number: 1) with { From = new(sender), NotAfterMs = long.MaxValue })).ShouldNotBe(Unknown.Instance);
        }

        await _cluster.PassAsync(TimeSpan.FromMinutes(61));
        (await PostAsync(Claim("b", number: 1) with { From = new(1_000) })).ShouldBeOfType<Granted>("the others are forgotten");
    }

    [Fact]
    public async Task Hello_is_answered_with_who_it_is_and_what_its_clock_shows()
    {
        var response = await AskAsync(new HopRequest(HopKind.Hello, _sender, 0, new(1), 0, PoolName.Global, null, []), CancellationToken.None);
        response.At.ShouldBe(_cluster[0].Self);
        response.NowMs.ShouldBe(NowMs());
        response.Reply.ShouldBe(NotOwner.Instance);
    }

    private HopRequest Claim(string node, long number) => new(
        HopKind.Call, _sender, number, _cluster[0].Self, NowMs() + 8_000, _pool, new ClaimSeat(new(node), Who.Nobody), []);

    private long NowMs() => (long)_cluster.Clock.GetElapsedTime(0, _cluster.Clock.GetTimestamp()).TotalMilliseconds;

    private async Task<PoolReply> PostAsync(HopRequest request, CancellationToken callerGone = default) =>
        (await AskAsync(request, callerGone)).Reply;

    private async Task<HopResponse> AskAsync(HopRequest request, CancellationToken callerGone)
    {
        var bytes = new ByteWriter();
        HopFormat.Write(bytes, request);
        return HopFormat.ReadResponse(await _cluster.WaitAsync(_cluster.Begin(() => _cluster[0].Member.HandleHopAsync(bytes.Written, callerGone))));
    }
}
