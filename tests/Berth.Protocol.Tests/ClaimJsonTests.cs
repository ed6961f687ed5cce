using System.Text.Json;

namespace Berth.Protocol.Tests;

/// <summary>What <c>/v2</c> puts on the wire, which clients rely on.</summary>
public sealed class ClaimJsonTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeMilliseconds(1_764_949_490_250);

    [Fact]
    public void A_claim_has_these_names()
    {
        var claim = new ClaimEntry("-", "a", "l", 1, 2, At, At, 60, new byte[] { 1, 2, 255 }, "k");
        var json = JsonSerializer.Serialize(claim, ClaimJson.Default.ClaimEntry);
        json.ShouldBe(
            "{\"pool\":\"-\",\"fingerprint\":\"a\",\"licenseId\":\"l\",\"number\":1,\"version\":2,"
            + "\"since\":\"2025-12-05T15:44:50.25+00:00\",\"expiresAt\":\"2025-12-05T15:44:50.25+00:00\",\"expiresIn\":60,"
            + "\"licenseFile\":\"AQL/\",\"licenseKey\":\"k\"}");
    }

    [Fact]
    public void What_is_not_told_is_left_out()
    {
        var claim = new ClaimEntry("-", "a", "l", 1, 2, At, null, null);
        JsonSerializer.Serialize(claim, ClaimJson.Default.ClaimEntry)
            .ShouldBe("{\"pool\":\"-\",\"fingerprint\":\"a\",\"licenseId\":\"l\",\"number\":1,\"version\":2,\"since\":\"2025-12-05T15:44:50.25+00:00\"}");
        JsonSerializer.Serialize(new ClaimProblem("c", 404, "d"), ClaimJson.Default.ClaimProblem)
            .ShouldBe("{\"code\":\"c\",\"status\":404,\"detail\":\"d\",\"type\":\"urn:berth:problem:c\"}");
    }

    [Fact]
    public void A_request_may_lack_everything_and_have_more()
    {
        JsonSerializer.Deserialize("{}", ClaimJson.Default.ClaimRequest).ShouldBe(new ClaimRequest());
        JsonSerializer.Deserialize("{\"claimKey\":\"k\",\"later\":[]}", ClaimJson.Default.ClaimRequest).ShouldBe(new ClaimRequest(ClaimKey: "k"));
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize("{\"user\":\"a\",\"user\":\"b\"}", ClaimJson.Default.ClaimRequest));
    }

    [Fact]
    public void Keys_are_not_shown()
    {
        new ClaimRequest("u", "h", "secret").ToString().ShouldNotContain("secret");
        new ClaimEntry("-", "a", "l", 1, 2, At, null, null, default, "secret").ToString().ShouldNotContain("secret");
    }
}
