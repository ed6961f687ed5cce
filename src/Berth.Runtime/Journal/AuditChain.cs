using System.Security.Cryptography;

namespace Berth.Runtime.Journal;

/// <summary>
/// The hash chain through a pool's events: each hash is SHA-256 of the hash before it followed by the event's stored bytes.
/// The chain of an empty journal starts with 32 zero bytes.
/// </summary>
public static class AuditChain
{
    /// <summary>Bytes in a hash.</summary>
    public const int HashBytes = SHA256.HashSizeInBytes;

    /// <summary>Replaces <paramref name="hash"/> by the hash after one more event of at most <see cref="EventFrames.MaxEventBytes"/>.</summary>
    public static void Extend(Span<byte> hash, ReadOnlySpan<byte> storedEvent)
    {
        Span<byte> joined = stackalloc byte[HashBytes + EventFrames.MaxEventBytes];
        hash.CopyTo(joined);
        storedEvent.CopyTo(joined[HashBytes..]);
        SHA256.HashData(joined[..(HashBytes + storedEvent.Length)], hash);
    }

    /// <summary>Walks the events of a stored batch and leaves in <paramref name="hash"/> the hash after its last.</summary>
    public static void ExtendOver(Span<byte> hash, JournalRecord record)
    {
        foreach (var stored in new EventFrames(record.Bytes))
        {
            Extend(hash, stored.Span);
        }
    }
}
