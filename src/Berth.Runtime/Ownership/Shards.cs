using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Berth.Pools;

namespace Berth.Runtime.Ownership;

/// <summary>The fixed slices that the pools are dealt into.</summary>
public static class Shards
{
    /// <summary>How many there are. It can never change for a store.</summary>
    public const int Count = 256;

    /// <summary>The shard of a pool: the first 8 bytes of SHA-256 of its name in UTF-8, big-endian, modulo <see cref="Count"/>.</summary>
    public static int Of(PoolName pool)
    {
        Span<byte> name = stackalloc byte[PoolName.MaxBytes * 3];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var length = Encoding.UTF8.GetByteCount(pool.Value) <= name.Length
            ? Encoding.UTF8.GetBytes(pool.Value, name)
            : throw new ArgumentException($"The pool's name is longer than {PoolName.MaxBytes} bytes.", nameof(pool));
        SHA256.HashData(name[..length], hash);
        return (int)(BinaryPrimitives.ReadUInt64BigEndian(hash) % Count);
    }
}
