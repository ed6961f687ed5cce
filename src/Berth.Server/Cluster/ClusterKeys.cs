using System.Security.Cryptography;
using System.Text;

namespace Berth.Server.Cluster;

/// <summary>
/// What is made of a secret of the cluster: a key for each direction, and a digest for the store by which members of another secret are known. None of them tells
/// anything of the others, and the cluster's name goes into each: two clusters with one secret cannot take each other's requests.
/// </summary>
internal sealed class ClusterKeys
{
    /// <param name="secret">At least <see cref="SecretLines.MinBytes"/>.</param>
    /// <param name="cluster">The cluster's name.</param>
    public ClusterKeys(ReadOnlySpan<byte> secret, string cluster)
    {
        Request = Derive(secret, "request", cluster);
        Answer = Derive(secret, "answer", cluster);
        Digest = Convert.ToHexStringLower(SHA256.HashData(Derive(secret, "digest", cluster)));
        Seal = new HopSeal(this);
    }

    /// <summary>Seals requests.</summary>
    public byte[] Request { get; }

    /// <summary>Seals answers.</summary>
    public byte[] Answer { get; }

    /// <summary>64 hexadecimal digits that every member of the cluster has in the store.</summary>
    public string Digest { get; }

    /// <summary>Seals and opens with these keys.</summary>
    public HopSeal Seal { get; }

    private static byte[] Derive(ReadOnlySpan<byte> secret, string use, string cluster)
    {
        var key = new byte[SHA256.HashSizeInBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, key, salt: [], Encoding.UTF8.GetBytes($"berth cluster {use} 1 {cluster}"));
        return key;
    }
}
