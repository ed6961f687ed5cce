using System.Security.Cryptography;
using System.Text;

namespace Berth.Server.Cluster;

/// <summary>
/// What is made of the cluster's secret: a key for each direction, and a digest for the store by which members of another secret are known. None of them tells
/// anything of the others, and the cluster's name goes into each: two clusters with one secret cannot take each other's requests.
/// </summary>
internal sealed class ClusterKeys
{
    /// <summary>The shortest secret, in bytes.</summary>
    public const int MinSecretBytes = 16;

    private ClusterKeys(ReadOnlySpan<byte> secret, string cluster)
    {
        Request = Derive(secret, "request", cluster);
        Answer = Derive(secret, "answer", cluster);
        Digest = Convert.ToHexStringLower(SHA256.HashData(Derive(secret, "digest", cluster)));
    }

    /// <summary>Seals requests.</summary>
    public byte[] Request { get; }

    /// <summary>Seals answers.</summary>
    public byte[] Answer { get; }

    /// <summary>64 hexadecimal digits that every member of the cluster has in the store.</summary>
    public string Digest { get; }

    /// <summary>The keys of a member. Throws <see cref="InvalidOperationException"/> when the secret is too short.</summary>
    public static ClusterKeys Of(ClusterOptions options) => options.Secret.Length >= MinSecretBytes
        ? new ClusterKeys(options.Secret.Span, options.Name)
        : throw new InvalidOperationException(
            $"the cluster secret has {options.Secret.Length} bytes: it takes {MinSecretBytes} or more, such as 32 random bytes in base64");

    private static byte[] Derive(ReadOnlySpan<byte> secret, string use, string cluster)
    {
        var key = new byte[SHA256.HashSizeInBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, key, salt: [], Encoding.UTF8.GetBytes($"berth cluster {use} 1 {cluster}"));
        return key;
    }
}
