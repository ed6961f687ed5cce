using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Berth.Runtime.Ownership;

/// <summary>
/// Who should own a shard: the candidate with the greatest weight (rendezvous hashing), so that a member that comes or goes moves
/// only its own share. Pure: every member comes to the same answer from the same candidates.
/// </summary>
public static class Assignment
{
    /// <summary>The one of the candidates that should own the shard; null: there is none.</summary>
    public static MemberRow? Of(int shard, IReadOnlyList<MemberRow> candidates) =>
        Of(shard, candidates, [.. candidates.Select(candidate => SeedOf(candidate.Card.Name))]);

    internal static MemberRow? Of(int shard, IReadOnlyList<MemberRow> candidates, IReadOnlyList<ulong> seeds)
    {
        MemberRow? best = null;
        ulong most = 0;
        for (var i = 0; i < candidates.Count; i++)
        {
            var weight = WeightOf(shard, seeds[i]);
            if (best is null || weight > most || (weight == most && candidates[i].Incarnation.Value > best.Incarnation.Value))
            {
                (best, most) = (candidates[i], weight);
            }
        }

        return best;
    }

    /// <summary>
    /// What a member weighs for a shard: the output of SplitMix64 for its seed, <paramref name="shard"/> + 1 steps on. The seed is the
    /// first 8 bytes, big-endian, of SHA-256 of its name in UTF-8. The name, not the incarnation: a member that comes back gets its
    /// own shards back.
    /// </summary>
    public static ulong WeightOf(int shard, string member) => WeightOf(shard, SeedOf(member));

    internal static ulong SeedOf(string member)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(member), hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }

    private static ulong WeightOf(int shard, ulong seed)
    {
        var z = seed + ((ulong)(shard + 1) * 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
