using System.Globalization;
using System.Net;
using Berth.Server.Http;
using Berth.Testing;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>How often one may ask, through the edge.</summary>
public sealed class RateLimitsTests
{
    private const string TooMany = "{\"error\":\"too many requests\"}\n";
    private static readonly RateLimit _slow = new(1, TimeSpan.FromMinutes(1));

    private readonly HandClock _clock = new();

    [Fact]
    public async Task A_node_that_asks_too_often_is_told_when_to_ask_again()
    {
        await using var member = await StartAsync(TestMember.Options with { NodeLimit = _slow, SigningSecret = "secret" });
        (await member.StatusAsync(Put("a"))).ShouldBe(201);
        (await member.StatusAsync(Put("%61"))).ShouldBe(202);
        var answer = await member.AskAsync(Put("a"));
        answer.ShouldBe(429, TooMany);
        answer["Retry-After"].ShouldBe("60");
        answer["Content-Type"].ShouldBe("application/json");
        answer["Relay-Clock"].ShouldBe(HandClock.StartUnix.ToString(CultureInfo.InvariantCulture));
        answer["Relay-Signature"].ShouldStartWith($"t={HandClock.StartUnix},v1=");
        (await member.StatusAsync(Put("b"))).ShouldBe(201);
        await _clock.AdvanceAsync(member, 59);
        (await member.AskAsync(Put("a")))["Retry-After"].ShouldBe("1");
        await _clock.AdvanceAsync(member, 1);
        (await member.StatusAsync(Put("a"))).ShouldBe(202);
    }

    [Fact]
    public async Task A_node_may_always_give_back()
    {
        await using var member = await StartAsync(TestMember.Options with { NodeLimit = _slow });
        (await member.StatusAsync(Put("a"))).ShouldBe(201);
        (await member.StatusAsync(Put("a"))).ShouldBe(202);
        (await member.StatusAsync(Put("a"))).ShouldBe(429);
        (await member.StatusAsync(Delete("a"))).ShouldBe(204);
    }

    [Fact]
    public async Task An_address_is_limited_whatever_it_asks_and_whoever_it_says_it_is()
    {
        await using var member = await StartAsync(TestMember.Options with { AddressLimit = _slow });
        (await member.StatusAsync(Put("a", "X-Forwarded-For: 10.0.0.1"))).ShouldBe(201);
        (await member.StatusAsync(Delete("a", "X-Forwarded-For: 10.0.0.2"))).ShouldBe(204);
        (await member.AskAsync(Put("b", "X-Forwarded-For: 10.0.0.3"))).ShouldBe(429, TooMany);
        (await member.AskAsync(Put("%ff", "Forwarded: for=10.0.0.4"))).ShouldBe(429, TooMany);
        (await member.AskAsync(Delete("a"))).ShouldBe(429, TooMany);
        (await member.StatusAsync(Health)).ShouldBe(200);
        (await member.StatusAsync(Request("GET", "/readyz"))).ShouldBe(200);
    }

    [Fact]
    public async Task The_native_API_has_the_same_limits()
    {
        const string Claim = "/v2/pools/-/claims/a";
        await using var member = await StartAsync(TestMember.Options with { NodeLimit = _slow });
        (await member.StatusAsync(Request("PUT", Claim))).ShouldBe(201);
        (await member.StatusAsync(Put("a"))).ShouldBe(202);
        var refused = await member.AskAsync(Request("PUT", Claim));
        refused.Status.ShouldBe(429);
        refused["Retry-After"].ShouldBe("60");
        refused.Text.ShouldContain("too-many-requests");
        (await member.StatusAsync(Request("DELETE", Claim))).ShouldBe(204);
    }

    [Fact]
    public void Nothing_limited_is_nothing_at_all() => RateLimits.Of(TestMember.Options, _clock, new RecordedLog()).ShouldBeNull();

    [Fact]
    public void Refusals_are_logged_once_a_minute()
    {
        var log = new RecordedLog();
        var limits = RateLimits.Of(TestMember.Options with { AddressLimit = _slow }, _clock, log)!;
        for (var i = 0; i < 102; i++)
        {
            limits.RetryAfter(IPAddress.Loopback, null);
        }

        log.Lines.Single().Message.ShouldStartWith("edge.limited: 1 requests");
        _clock.Add(TimeSpan.FromMinutes(1));
        limits.RetryAfter(IPAddress.Loopback, null).ShouldBeNull();
        limits.RetryAfter(IPAddress.Loopback, null).ShouldNotBeNull();
        log.Lines[^1].Message.ShouldStartWith("edge.limited: 100 requests");
    }

    private Task<TestMember> StartAsync(MemberOptions options) => TestMember.WithSeatsAsync(3, options, _clock);
}
