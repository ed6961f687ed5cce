using Berth.Testing;

namespace Berth.Server.Tests.Http;

/// <summary>Requests as text, and what to expect of their answers.</summary>
internal static class Wire
{
    public const string Conflict = "{\"error\":\"failed to claim license due to conflict\"}\n";
    public const string NoLicenses = "{\"error\":\"no licenses available\"}\n";
    public const string ClaimNotFound = "{\"error\":\"claim not found\"}\n";
    public const string InvalidPool = "{\"error\":\"invalid pool header\"}\n";
    public const string UnsupportedPool = "{\"error\":\"unsupported pool header\"}\n";
    public const string InvalidFingerprint = "{\"error\":\"invalid fingerprint\"}\n";
    public const string Unavailable = "{\"error\":\"service unavailable\"}\n";
    public const string OutcomeUnknown = "{\"error\":\"outcome unknown\"}\n";
    public const string Health = "GET /v1/health HTTP/1.1\r\nHost: berth\r\n\r\n";

    public static string Put(string fingerprint, params string[] headers) => Request("PUT", "/v1/nodes/" + fingerprint, headers);

    public static string Delete(string fingerprint, params string[] headers) => Request("DELETE", "/v1/nodes/" + fingerprint, headers);

    public static string Request(string method, string target, params string[] headers) =>
        $"{method} {target} HTTP/1.1\r\nHost: berth\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n";

    public static Task<RawAnswer> AskAsync(this TestMember member, string request) => RawHttp.AskAsync(member.Port, request);

    public static async Task<int> StatusAsync(this TestMember member, string request) => (await member.AskAsync(request)).Status;

    public static void ShouldBe(this RawAnswer answer, int status, string body)
    {
        answer.Status.ShouldBe(status);
        answer.Text.ShouldBe(body);
    }

    /// <summary>The answer hands out this license, made by <see cref="TestMember.AddLicenseAsync"/> with its own file and key.</summary>
    public static void ShouldHandOut(this RawAnswer answer, int status, string license)
    {
        answer.Status.ShouldBe(status);
        var file = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"file of {license}"));
        answer.Text.ShouldStartWith($"{{\"license_file\":\"{file}\",\"license_key\":\"key of {license}\",\"expires_at\":");
    }
}
