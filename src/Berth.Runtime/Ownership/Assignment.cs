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
    public static MemberRow? Of(int shard, IReadOnlyList<MemberRow> candidates) => Of(shard, candidates, WeightOf);

    internal static MemberRow? Of(int shard, IReadOnlyList<MemberRow> candidates, Func<int, string, ulong> weigh)
    {
        MemberRow? best = null;
        ulong most = 0;
        foreach (var candidate in candidates)
        {
            var weight = weigh(shard, candidate.Card.Name);
            if (best is null || weight > most || (weight == most && candidate.Incarnation.Value > best.Incarnation.Value))
            {
                (best, most) = (candidate, weight);
            }
        }

        return best;
    }

    /// <summary>
    /// What a member weighs for a shard: the first 8 bytes, big-endian, of SHA-256 over the shard's number (2 bytes, big-endian) and the
    /// member's name in UTF-8. The name, not the incarnation: a member that comes back gets its own shards back.
    /// </summary>
    public static ulong WeightOf(int shard, string member)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var text = new byte[2 + Encoding.UTF8.GetByteCount(member)];
        BinaryPrimitives.WriteUInt16BigEndian(text, (ushort)shard);
        Encoding.UTF8.GetBytes(member, text.AsSpan(2));
        SHA256.HashData(text, hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }
}
