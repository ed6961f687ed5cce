using System.Security.Cryptography;
using System.Text;

namespace Berth.Benchmarks.Bare;

/// <summary>What the bare endpoint answers: the status and the bytes of a PUT, fixed when it starts.</summary>
internal sealed record BarePlan(int Port, int Status, byte[] Answer, int? Seats)
{
    /// <summary>The bytes of a license file that make an answer of 4 kB.</summary>
    private const int LicenseFileBytes = 3000;

    public static BarePlan From(Options options)
    {
        var port = options.Number("port");
        var mode = options.TextOrNull("mode") ?? throw new BenchException("--mode is required");
        var answer = options.TextOrNull("answer");
        var seats = options.Has("seats") ? options.Number("seats") : (int?)null;
        options.RefuseUnknown();
        var (status, usual) = mode switch
        {
            "heartbeat" => (202, "{\"expires_at\":1756478868,\"expires_in\":60}\n"u8.ToArray()),
            "claim" => (201, ClaimAnswer()),
            _ => throw new BenchException($"--mode takes heartbeat or claim, not '{mode}'"),
        };
        return new BarePlan(port, status, answer is null ? usual : File.ReadAllBytes(answer), seats);
    }

    private static byte[] ClaimAnswer()
    {
        var file = Convert.ToBase64String(RandomNumberGenerator.GetBytes(LicenseFileBytes));
        return Encoding.ASCII.GetBytes(
            $$"""{"license_file":"{{file}}","license_key":"AAAAAA-BBBBBB-CCCCCC-DDDDDD-EEEEEE-V3","""
            + "\"expires_at\":1756478868,\"expires_in\":60}\n");
    }
}
