using Berth.Pools;
using Berth.Protocol;
using Berth.Testing;
using static Berth.Server.Tests.Http.NativeWire;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>A claim key keeps others off a claim, and brings a node back to its seat.</summary>
public sealed class ReattachTests
{
    private static readonly MemberOptions Lifo = TestMember.Options with
    {
        CullInterval = TimeSpan.FromDays(1),
        ExplicitPolicy = new PolicyException(null, Strategy.Lifo, null),
    };

    [Fact]
    public async Task Another_key_neither_renews_nor_releases()
    {
        await using var member = await TestMember.WithSeatsAsync(1, Lifo);
        (await member.StatusAsync(ClaimBy("a", "mine"))).ShouldBe(201);
        (await member.AskAsync(ClaimBy("a", "other"))).ShouldBeProblem(409, ClaimProblemCodes.ClaimKeyMismatch);
        (await member.AskAsync(Release("a", "Berth-Claim-Key: other"))).ShouldBeProblem(409, ClaimProblemCodes.ClaimKeyMismatch);
        (await member.AskAsync(Show("a", "Berth-Claim-Key: other"))).ShouldBeClaim(200, "license-1", handedOut: false);
        (await member.StatusAsync(ClaimBy("a", "mine"))).ShouldBe(200);
        (await member.AskAsync(Release("a", "Berth-Claim-Key: mine"))).ShouldBeReleased();
    }

    [Fact]
    public async Task Without_a_key_on_either_side_nobody_is_kept_off()
    {
        await using var member = await TestMember.WithSeatsAsync(1, Lifo);
        (await member.StatusAsync(ClaimBy("a", "mine"))).ShouldBe(201);
        (await member.StatusAsync(Claim("a"))).ShouldBe(200);
        (await member.StatusAsync(Put("a"))).ShouldBe(202);
        (await member.AskAsync(Release("a"))).ShouldBeReleased();
        (await member.StatusAsync(Claim("a"))).ShouldBe(201);
        (await member.StatusAsync(ClaimBy("a", "any"))).ShouldBe(200);
        (await member.AskAsync(Release("a", "Berth-Claim-Key: any"))).ShouldBeReleased();
    }

    [Theory]
    [InlineData("mine", 59, "license-2")]
    [InlineData("mine", 60, "license-3")]
    [InlineData("other", 1, "license-3")]
    public async Task After_an_expiry_the_key_finds_the_same_license_for_one_ttl(string key, int seconds, string license)
    {
        var clock = new HandClock();
        await using var member = await ExpiredAsync(clock);
        await clock.AdvanceAsync(member, seconds);
        (await member.AskAsync(ClaimBy("a", key))).ShouldBeClaim(201, license, handedOut: true).Number.ShouldBe(3);
    }

    [Fact]
    public async Task After_a_release_it_is_any_seat()
    {
        await using var member = await TestMember.WithSeatsAsync(3, Lifo);
        (await member.AskAsync(Claim("x"))).ShouldBeClaim(201, "license-3", handedOut: true);
        (await member.AskAsync(ClaimBy("a", "mine"))).ShouldBeClaim(201, "license-2", handedOut: true);
        (await member.AskAsync(Release("a", "Berth-Claim-Key: mine"))).ShouldBeReleased();
        (await member.AskAsync(Release("x"))).ShouldBeReleased();
        (await member.AskAsync(ClaimBy("a", "mine"))).ShouldBeClaim(201, "license-3", handedOut: true);
    }

    [Fact]
    public async Task A_seat_that_somebody_took_meanwhile_is_not_waited_for()
    {
        await using var member = await ExpiredAsync(new HandClock());
        (await member.AskAsync(Claim("y"))).ShouldBeClaim(201, "license-3", handedOut: true);
        (await member.AskAsync(Claim("z"))).ShouldBeClaim(201, "license-2", handedOut: true);
        (await member.AskAsync(ClaimBy("a", "mine"))).ShouldBeClaim(201, "license-1", handedOut: true);
    }

    /// <summary>Three licenses, all free; node a held the second by its key until that expired, just now.</summary>
    private static async Task<TestMember> ExpiredAsync(HandClock clock)
    {
        var member = await TestMember.WithSeatsAsync(3, Lifo, clock);
        (await member.AskAsync(Claim("x"))).ShouldBeClaim(201, "license-3", handedOut: true);
        (await member.AskAsync(ClaimBy("a", "mine"))).ShouldBeClaim(201, "license-2", handedOut: true);
        (await member.AskAsync(Release("x"))).ShouldBeReleased();
        await clock.AdvanceAsync(member, 62);
        member.Member.Pools.Sweep();
        (await member.AskAsync(Show("a"))).ShouldBeProblem(404, ClaimProblemCodes.ClaimNotHeld);
        return member;
    }
}
