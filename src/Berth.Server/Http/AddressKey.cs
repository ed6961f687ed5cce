using System.Buffers.Binary;
using System.Net;

namespace Berth.Server.Http;

/// <summary>
/// Whom an address belongs to, as far as limits go: an IPv4 address, or the first 64 bits of an IPv6 address, because one machine
/// can take any of the addresses behind them. It is the connection's own address: what headers say, anybody can write.
/// </summary>
internal static class AddressKey
{
    private const ulong V4 = 0xFFFF_0000_0000;

    public static ulong Of(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address is null || !address.TryWriteBytes(bytes, out var length))
        {
            return 0;
        }

        return length == 4 ? V4 | BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : address.IsIPv4MappedToIPv6 ? V4 | BinaryPrimitives.ReadUInt32BigEndian(bytes[12..])
            : BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }
}
