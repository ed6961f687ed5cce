using Berth.Runtime.Ownership;

namespace Berth.Server.Cluster;

/// <summary>What a request's seal says.</summary>
/// <param name="By">What it was sealed with, and its answer is to be.</param>
/// <param name="Seal">Its fields.</param>
/// <param name="BodyDigest">The digest that its body must have.</param>
internal sealed record OpenedRequest(HopSeal By, RequestSeal Seal, byte[] BodyDigest);

/// <summary>The secrets of a member at one moment: it seals with the first and accepts both.</summary>
/// <param name="First">What it seals with.</param>
/// <param name="Second">What it accepts beside that, while the secret is being changed; null: nothing.</param>
internal sealed record ClusterSecrets(ClusterKeys First, ClusterKeys? Second)
{
    /// <summary>What stands in the store for each of them.</summary>
    public IEnumerable<string> Digests => Second is null ? [First.Digest] : [First.Digest, Second.Digest];

    /// <summary>Reads what an operator wrote. Fails with <see cref="InvalidDataException"/>, which shows nothing of it.</summary>
    public static ClusterSecrets Parse(ReadOnlySpan<byte> text, string cluster)
    {
        var keys = SecretLines.Read(text).Select(secret => new ClusterKeys(secret, cluster)).ToList();
        return new ClusterSecrets(keys[0], keys.ElementAtOrDefault(1));
    }

    /// <summary>What a request's header says; null: no member has sealed it.</summary>
    public OpenedRequest? Open(string? header) => Open(First, header) ?? (Second is null ? null : Open(Second, header));

    /// <summary>The card of the member as it is now.</summary>
    public MemberCard Over(MemberCard card) => card with { SecretDigest = First.Digest, OtherDigest = Second?.Digest };

    private static OpenedRequest? Open(ClusterKeys keys, string? header) =>
        keys.Seal.OpenRequest(header) is var (seal, digest) ? new OpenedRequest(keys.Seal, seal, digest) : null;
}
