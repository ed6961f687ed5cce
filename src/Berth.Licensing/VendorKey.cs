using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Berth.Licensing;

/// <summary>
/// A vendor's pair of Ed25519 keys. The seed is the private part: who has it issues licenses. Making one throws
/// <see cref="CryptoLibraryMissingException"/> when OpenSSL is not installed.
/// </summary>
public sealed class VendorKey
{
    private readonly byte[] _seed;
    private readonly byte[] _publicKey;

    private VendorKey(byte[] seed)
    {
        _seed = seed;
        _publicKey = Ed25519.PublicKeyOf(seed);
    }

    /// <summary>The private key: 32 bytes.</summary>
    public ReadOnlySpan<byte> Seed => _seed;

    /// <summary>The public key: 32 bytes.</summary>
    public ReadOnlySpan<byte> PublicKey => _publicKey;

    /// <summary>The public key as 64 lower-case hexadecimal digits, which is how servers are given it.</summary>
    public string PublicKeyHex => Convert.ToHexStringLower(_publicKey);

    /// <summary>Makes a new pair from the operating system's randomness.</summary>
    public static VendorKey Generate() => new(RandomNumberGenerator.GetBytes(Ed25519.SeedBytes));

    /// <summary>
    /// Makes the pair that belongs to a seed of 64 hexadecimal digits in either case; blanks around it do not count.
    /// Anything else gives false.
    /// </summary>
    public static bool TryParse(string? seedHex, [NotNullWhen(true)] out VendorKey? key)
    {
        key = TryParseHex(seedHex, out var seed) ? new VendorKey(seed) : null;
        return key is not null;
    }

    /// <summary>
    /// Reads a public key of 64 hexadecimal digits in either case; blanks around it do not count. Anything else gives false, and so does
    /// a key of small order (64 zeros, for one), because anybody can sign for it.
    /// </summary>
    public static bool TryParsePublicKey(string? hex, [NotNullWhen(true)] out byte[]? publicKey)
    {
        if (TryParseHex(hex, out publicKey) && !Ed25519.IsWeak(publicKey))
        {
            return true;
        }

        publicKey = null;
        return false;
    }

    /// <summary>The private key as 64 lower-case hexadecimal digits. It belongs in a file that only its owner can read.</summary>
    public string ToSeedHex() => Convert.ToHexStringLower(_seed);

    /// <summary>Shows the public key only.</summary>
    public override string ToString() => $"VendorKey {PublicKeyHex}";

    private static bool TryParseHex(string? hex, [NotNullWhen(true)] out byte[]? bytes)
    {
        var digits = hex.AsSpan().Trim();
        var buffer = new byte[Ed25519.SeedBytes];
        var whole = digits.Length == 2 * buffer.Length && Convert.FromHexString(digits, buffer, out _, out _) == OperationStatus.Done;
        bytes = whole ? buffer : null;
        return whole;
    }
}
