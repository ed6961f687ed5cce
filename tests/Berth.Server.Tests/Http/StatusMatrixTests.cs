using Berth.Pools;
using Berth.Testing;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>Which status each situation is answered with, heartbeats on and off.</summary>
public sealed class StatusMatrixTests
{
    private static readonly MemberOptions On = TestMember.Options with { CullInterval = TimeSpan.FromDays(1) };
    private static readonly MemberOptions Off = On with { ExplicitPolicy = new PolicyException(null, null, false) };
    private static readonly PoolName Other = new("other");

    [Theory]
    [InlineData(true, 202, "{\"expires_at\":1764949550,\"expires_in\":60}\n")]
    [InlineData(false, 409, Conflict)]
    public async Task A_second_claim_renews_or_conflicts(bool heartbeats, int status, string body)
    {
        await using var member = await TestMember.WithSeatsAsync(2, heartbeats ? On : Off, new HandClock());
        (await member.AskAsync(Put("a"))).ShouldHandOut(201, "license-1");
        (await member.AskAsync(Put("a"))).ShouldBe(status, body);
        (await member.AskAsync(Put("b"))).ShouldHandOut(201, "license-2");
    }

    [Fact]
    public async Task A_claim_past_its_ttl_that_nobody_wanted_is_renewed()
    {
        var clock = new HandClock();
        await using var member = await TestMember.WithSeatsAsync(1, On, clock);
        (await member.StatusAsync(Put("a"))).ShouldBe(201);
        await clock.AdvanceAsync(member, 70);
        (await member.StatusAsync(Put("a"))).ShouldBe(202);
    }

    [Fact]
    public async Task A_claim_past_its_ttl_frees_its_seat_for_who_wants_it()
    {
        var clock = new HandClock();
        await using var member = await TestMember.WithSeatsAsync(1, On, clock);
        (await member.StatusAsync(Put("a"))).ShouldBe(201);
        await clock.AdvanceAsync(member, 61);
        (await member.StatusAsync(Put("b"))).ShouldBe(410);
        await clock.AdvanceAsync(member, 2);
        (await member.StatusAsync(Put("b"))).ShouldBe(201);
        (await member.StatusAsync(Put("a"))).ShouldBe(410);
        (await member.StatusAsync(Delete("a"))).ShouldBe(404);
    }

    [Fact]
    public async Task After_a_sweep_the_node_claims_anew()
    {
        var clock = new HandClock();
        await using var member = await TestMember.WithSeatsAsync(1, On, clock);
        (await member.StatusAsync(Put("a"))).ShouldBe(201);
        await clock.AdvanceAsync(member, 70);
        member.Member.Pools.Sweep();
        (await member.StatusAsync(Put("a"))).ShouldBe(201);
    }

    [Fact]
    public async Task Without_heartbeats_a_claim_never_lapses()
    {
        var clock = new HandClock();
        await using var member = await TestMember.WithSeatsAsync(1, Off, clock);
        (await member.StatusAsync(Put("a"))).ShouldBe(201);
        await clock.AdvanceAsync(member, 300);
        member.Member.Pools.Sweep();
        (await member.StatusAsync(Put("b"))).ShouldBe(410);
        (await member.StatusAsync(Put("a"))).ShouldBe(409);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_a_free_seat_410_and_the_next_release_frees_one(bool heartbeats)
    {
        await using var member = await TestMember.WithSeatsAsync(1, heartbeats ? On : Off);
        (await member.StatusAsync(Put("a"))).ShouldBe(201);
        (await member.AskAsync(Put("b"))).ShouldBe(410, NoLicenses);
        (await member.AskAsync(Delete("b"))).ShouldBe(404, ClaimNotFound);
        (await member.AskAsync(Delete("a"))).ShouldBe(204, "");
        (await member.AskAsync(Delete("a"))).ShouldBe(404, ClaimNotFound);
        (await member.StatusAsync(Put("b"))).ShouldBe(201);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_exclusive_node_meets_409_or_410_in_a_second_pool(bool heartbeats)
    {
        var options = (heartbeats ? On : Off) with { ExclusiveNodes = true };
        await using var member = await TestMember.WithSeatsAsync(1, options);
        await member.AddSeatsAsync(Other, 1, "other-");
        (await member.StatusAsync(Put("a"))).ShouldBe(201);
        (await member.AskAsync(Put("a", "Relay-Pool: other"))).ShouldBe(409, Conflict);
        (await member.StatusAsync(Put("b", "Relay-Pool: other"))).ShouldBe(201);
        (await member.AskAsync(Put("a", "Relay-Pool: other"))).ShouldBe(410, NoLicenses);
        (await member.AskAsync(Put("a", "Relay-Pool: nowhere"))).ShouldBe(400, InvalidPool);
        (await member.AskAsync(Delete("a", "Relay-Pool: other"))).ShouldBe(404, ClaimNotFound);
        (await member.StatusAsync(Delete("b", "Relay-Pool: other"))).ShouldBe(204);
        (await member.StatusAsync(Delete("a"))).ShouldBe(204);
        (await member.StatusAsync(Put("a", "Relay-Pool: other"))).ShouldBe(201);
    }

    [Fact]
    public async Task A_node_may_hold_a_seat_in_each_of_two_pools()
    {
        await using var member = await TestMember.WithSeatsAsync(1, On);
        await member.AddSeatsAsync(Other, 1, "other-");
        (await member.AskAsync(Put("a"))).ShouldHandOut(201, "license-1");
        (await member.AskAsync(Put("a", "Relay-Pool: other"))).ShouldHandOut(201, "other-1");
        (await member.StatusAsync(Delete("a"))).ShouldBe(204);
        (await member.StatusAsync(Put("a", "Relay-Pool: other"))).ShouldBe(202);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_its_license_is_removed_the_node_gets_another_or_none(bool heartbeats)
    {
        await using var member = await TestMember.WithSeatsAsync(2, heartbeats ? On : Off);
        (await member.AskAsync(Put("a"))).ShouldHandOut(201, "license-1");
        await member.RemoveLicenseAsync(PoolName.Global, "license-1");
        (await member.AskAsync(Put("a"))).ShouldHandOut(201, "license-2");
        await member.RemoveLicenseAsync(PoolName.Global, "license-2");
        (await member.AskAsync(Put("a"))).ShouldBe(410, NoLicenses);
    }

    [Theory]
    [InlineData(true, 410)]
    [InlineData(false, 201)]
    public async Task A_license_past_its_expiry_is_skipped_only_where_that_is_enforced(bool enforced, int status)
    {
        await using var member = await TestMember.StartAsync(On with { EnforceExpiry = enforced }, time: new HandClock());
        await member.AddLicenseAsync(PoolName.Global, "old", expiryMs: (HandClock.StartUnix - 1) * 1000);
        (await member.StatusAsync(Put("a"))).ShouldBe(status);
    }

    [Fact]
    public async Task An_empty_server_answers_410()
    {
        await using var member = await TestMember.StartAsync();
        (await member.AskAsync(Put("a"))).ShouldBe(410, NoLicenses);
        (await member.AskAsync(Delete("a"))).ShouldBe(404, ClaimNotFound);
        (await member.StatusAsync(Health)).ShouldBe(200);
    }
}
