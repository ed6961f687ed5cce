using System.Security.Cryptography;
using System.Text;

namespace Berth.Server.Http;

/// <summary>
/// The signature of an answer: <c>t=SECONDS,v1=HEX</c>, where HEX is HMAC-SHA256 with the secret over the seconds, a dot and
/// the body, as Relay's clients verify it.
/// </summary>
internal sealed class AnswerSignature(string secret)
{
    private readonly byte[] _key = Encoding.UTF8.GetBytes(secret);

    public string Sign(string seconds, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        Span<byte> start = stackalloc byte[24];
        var length = Encoding.ASCII.GetBytes(seconds, start);
        start[length++] = (byte)'.';
        mac.AppendData(start[..length]);
        mac.AppendData(first);
        mac.AppendData(second);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        mac.GetHashAndReset(hash);
        return $"t={seconds},v1={Convert.ToHexStringLower(hash)}";
    }
}
