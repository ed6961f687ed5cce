using System.Text;
using Berth.Pools;
using Berth.Protocol;
using Berth.Testing;
using static Berth.Server.Tests.Http.NativeWire;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>Bodies and headers of requests to <c>/v2</c>.</summary>
public sealed class NativeIntakeTests
{
    [Theory]
    [InlineData("{\"user\":\"ada \u00e9\",\"host\":\"ws-7\",\"claimKey\":\"k\"}", "ada \u00e9", "ws-7", "k")]
    [InlineData("{\"user\":\"ada\",\"more\":{\"a\":[1]},\"User\":7}", "ada", "hh", "hk")]
    [InlineData("{\"user\":null,\"host\":\"\",\"claimKey\":null}", "hu", "hh", "hk")]
    [InlineData("{}", "hu", "hh", "hk")]
    [InlineData("", "hu", "hh", "hk")]
    public async Task The_body_goes_before_the_headers(string body, string user, string host, string key)
    {
        var granted = new List<SeatGranted>();
        await using var member = await TestMember.WithSeatsAsync(1);
        member.Member.Pools.OnDurable += (_, happened) => granted.AddRange(new[] { happened }.OfType<SeatGranted>());
        (await member.StatusAsync(ClaimWith("a", body, "Berth-User: hu", "Berth-Host: hh", "Berth-Claim-Key: hk"))).ShouldBe(201);
        granted[0].Stamp.Who.ShouldBe(new Who("node", "127.0.0.1", user, host));
        granted[0].ClaimKey.ShouldBe(key);
    }

    [Fact]
    public async Task Nothing_need_be_said()
    {
        var granted = new List<SeatGranted>();
        await using var member = await TestMember.WithSeatsAsync(1);
        member.Member.Pools.OnDurable += (_, happened) => granted.AddRange(new[] { happened }.OfType<SeatGranted>());
        (await member.StatusAsync(Claim("a"))).ShouldBe(201);
        (granted[0].Stamp.Who, granted[0].ClaimKey).ShouldBe((new Who("node", "127.0.0.1", null, null), null));
    }

    public static TheoryData<string> NoBodies => new(
        "null", "[]", "7", "\"a\"", "{", "{}{}", "x", " ", "{\"user\":7}", "{\"claimKey\":[]}", "{user:\"a\"}", "{\"user\":\"a\",}",
        "{\"user\":\"a\",\"user\":\"a\"}", "{\"user\":\"\\ud800\"}", "{\"user\":\"a\\u0000\"}", "{\"host\":\"a\\n\"}",
        "{\"claimKey\":\"\"}", "{\"claimKey\":\"a b\"}", "{\"claimKey\":\"\u00e9\"}", "{\"claimKey\":\"a\\u0000\"}",
        $"{{\"claimKey\":\"{new string('k', 257)}\"}}", $"{{\"user\":\"{new string('u', 257)}\"}}",
        $"{{\"host\":\"{new string('\u00e9', 129)}\"}}", new string('[', 5_000), "{\"x\":" + new string('[', 5_000) + new string(']', 5_000) + "}");

    [Theory]
    [MemberData(nameof(NoBodies), DisableDiscoveryEnumeration = true)]
    public async Task A_body_that_makes_no_sense_is_refused(string body)
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        (await member.AskAsync(ClaimWith("a", body))).ShouldBeProblem(400, ClaimProblemCodes.InvalidRequest);
        (await member.StatusAsync(Show("a"))).ShouldBe(404);
    }

    [Fact]
    public async Task A_body_that_is_not_UTF8_is_refused()
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        await using var connection = await RawHttp.ConnectAsync(member.Port);
        await connection.SendAsync(Encoding.Latin1.GetBytes(Request("PUT", PathOf("a"), "Content-Length: 12") + "{\"user\":\"\u00e9\"}"));
        (await connection.ReadAsync()).ShouldBeProblem(400, ClaimProblemCodes.InvalidRequest);
    }

    [Fact]
    public async Task Names_and_keys_may_be_as_long_as_they_may()
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        var longest = $"{{\"user\":\"{new string('\u00e9', 128)}\",\"host\":\"{new string('h', 256)}\",\"claimKey\":\"{new string('~', 256)}\"}}";
        (await member.StatusAsync(ClaimWith("a", longest))).ShouldBe(201);
    }

    [Theory]
    [InlineData("Berth-User: a\tb")]
    [InlineData("Berth-Host: a\u0085b")]
    [InlineData("Berth-Claim-Key:")]
    [InlineData("Berth-Claim-Key: a b")]
    [InlineData("Berth-Claim-Key: \u00e9")]
    [InlineData("Berth-Claim-Key: a", "Berth-Claim-Key: a")]
    public async Task A_header_that_makes_no_sense_is_refused(params string[] headers)
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        foreach (var request in new[] { Claim("a", headers), Release("a", headers), Show("a", headers) })
        {
            (await member.AskAsync(request)).ShouldBeProblem(400, ClaimProblemCodes.InvalidRequest);
        }
    }

    [Fact]
    public async Task A_body_has_at_most_16_KiB()
    {
        const int Limit = 16 * 1024;
        await using var member = await TestMember.WithSeatsAsync(1);
        await using var connection = await RawHttp.ConnectAsync(member.Port);
        (await connection.AskAsync(ClaimWith("a", "{}".PadRight(Limit)))).Status.ShouldBe(201);
        (await connection.AskAsync(ClaimWith("a", "{}".PadRight(Limit + 1)))).ShouldBeProblem(413, ClaimProblemCodes.TooLarge);
        foreach (var method in new[] { "PUT", "GET", "DELETE" })
        {
            (await member.AskAsync(Request(method, PathOf("a"), $"Content-Length: {long.MaxValue}")))
                .ShouldBeProblem(413, ClaimProblemCodes.TooLarge);
        }

        var chunks = $"{Limit:x}\r\n{new string(' ', Limit)}\r\n1\r\nx\r\n0\r\n\r\n";
        (await member.AskAsync(Request("PUT", PathOf("a"), "Transfer-Encoding: chunked") + chunks))
            .ShouldBeProblem(413, ClaimProblemCodes.TooLarge);
        (await member.StatusAsync(Claim("a"))).ShouldBe(200);
    }

    [Fact]
    public async Task A_chunked_body_is_read_and_the_connection_goes_on()
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        await using var connection = await RawHttp.ConnectAsync(member.Port);
        (await connection.AskAsync(Request("PUT", PathOf("a"), "Transfer-Encoding: chunked") + "e\r\n{\"claimKey\":\"k\r\n2\r\n\"}\r\n0\r\n\r\n"))
            .Status.ShouldBe(201);
        (await connection.AskAsync(ClaimBy("a", "other"))).ShouldBeProblem(409, ClaimProblemCodes.ClaimKeyMismatch);
        (await connection.AskAsync(ClaimBy("a", "k"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_body_that_is_badly_framed_is_refused()
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        (await member.AskAsync(Request("PUT", PathOf("a"), "Transfer-Encoding: chunked") + "zz\r\n"))
            .ShouldBeProblem(400, ClaimProblemCodes.InvalidRequest);
        await using var connection = await RawHttp.ConnectAsync(member.Port);
        await connection.SendAsync(Request("PUT", PathOf("a"), "Content-Length: 5") + "{");
        connection.EndSending();
        await connection.ReadToEndAsync();
        (await member.StatusAsync(Show("a"))).ShouldBe(404);
    }
}
