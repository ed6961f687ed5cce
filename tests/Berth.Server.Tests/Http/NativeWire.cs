using System.Text;
using System.Text.Json;
using Berth.Protocol;
using Berth.Testing;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>Requests to <c>/v2</c>, and what to expect of their answers.</summary>
internal static class NativeWire
{
    public static string PathOf(string fingerprint, string pool = "-") => $"/v2/pools/{pool}/claims/{fingerprint}";

    public static string Claim(string fingerprint, params string[] headers) => Request("PUT", PathOf(fingerprint), headers);

    public static string ClaimWith(string fingerprint, string body, params string[] headers) =>
        Request("PUT", PathOf(fingerprint), [.. headers, $"Content-Length: {Encoding.UTF8.GetByteCount(body)}"]) + body;

    public static string ClaimBy(string fingerprint, string key) => ClaimWith(fingerprint, $"{{\"claimKey\":\"{key}\"}}");

    public static string Show(string fingerprint, params string[] headers) => Request("GET", PathOf(fingerprint), headers);

    public static string Release(string fingerprint, params string[] headers) => Request("DELETE", PathOf(fingerprint), headers);

    /// <summary>The answer is a claim; its file and key are there or not.</summary>
    public static ClaimEntry ShouldBeClaim(this RawAnswer answer, int status, string license, bool handedOut)
    {
        answer.Text.ShouldContain("\"licenseId\"");
        answer.Status.ShouldBe(status);
        answer["Content-Type"].ShouldBe("application/json");
        answer.ShouldSayWho();
        var claim = JsonSerializer.Deserialize(answer.Body, ClaimJson.Default.ClaimEntry)!;
        claim.LicenseId.ShouldBe(license);
        var file = claim.LicenseFile is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;
        (file, claim.LicenseKey).ShouldBe(handedOut ? ($"file of {license}", $"key of {license}") : (null, null));
        return claim;
    }

    /// <summary>The answer is a problem of this kind.</summary>
    public static ClaimProblem ShouldBeProblem(this RawAnswer answer, int status, string code)
    {
        answer.Text.ShouldContain($"\"code\":\"{code}\"");
        answer.Status.ShouldBe(status);
        answer["Content-Type"].ShouldBe("application/problem+json");
        answer.ShouldSayWho();
        var problem = JsonSerializer.Deserialize(answer.Body, ClaimJson.Default.ClaimProblem)!;
        (problem.Code, problem.Status, problem.Type).ShouldBe((code, status, "urn:berth:problem:" + code));
        problem.Detail.ShouldNotBeEmpty();
        (problem.RetryAt is null).ShouldBe(answer["Retry-After"] is null);
        return problem;
    }

    /// <summary>The answer is a 204.</summary>
    public static void ShouldBeReleased(this RawAnswer answer)
    {
        answer.ShouldBe(204, "");
        answer.ShouldSayWho();
    }

    private static void ShouldSayWho(this RawAnswer answer)
    {
        answer["Berth-Member"].ShouldNotBeNullOrEmpty();
        answer["Berth-Epoch"].ShouldBe("1");
        answer["Cache-Control"].ShouldBe("no-store");
        answer["Relay-Clock"].ShouldBeNull();
    }
}
