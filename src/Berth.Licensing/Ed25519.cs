using System.Security.Cryptography;

namespace Berth.Licensing;

/// <summary>
/// Pure Ed25519 signatures (RFC 8032), computed by OpenSSL 3. All members may be called from several threads at once.
/// Each throws <see cref="CryptoLibraryMissingException"/> when OpenSSL is not installed, and
/// <see cref="CryptographicException"/> when OpenSSL refuses to work, which is never an answer about a signature.
/// </summary>
public static unsafe class Ed25519
{
    /// <summary>The length of a seed, which is the private key, in bytes.</summary>
    public const int SeedBytes = 32;

    /// <summary>The length of a public key in bytes.</summary>
    public const int PublicKeyBytes = 32;

    /// <summary>The length of a signature in bytes.</summary>
    public const int SignatureBytes = 64;

    // Points of order 1, 2, 4 and 8, sign bit clear. OpenSSL accepts them as keys, and anybody can sign for such a key:
    // a key of 64 zeros, left in a configuration as a placeholder, is one of them.
    private static readonly byte[][] s_weakKeys =
    [
        Convert.FromHexString("0000000000000000000000000000000000000000000000000000000000000000"),
        Convert.FromHexString("0100000000000000000000000000000000000000000000000000000000000000"),
        Convert.FromHexString("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
        Convert.FromHexString("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
        Convert.FromHexString("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        Convert.FromHexString("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        Convert.FromHexString("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ];

    /// <summary>
    /// Says whether <paramref name="signature"/> is the signature of <paramref name="message"/> under <paramref name="publicKey"/>.
    /// A key or signature of the wrong length, and a key of small order, for which anybody can sign, give false.
    /// </summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != PublicKeyBytes || signature.Length != SignatureBytes || IsWeak(publicKey))
        {
            return false;
        }

        LibCrypto.Require();
        fixed (byte* keyBytes = publicKey, messageBytes = message, signatureBytes = signature)
        {
            using var key = LibCrypto.EVP_PKEY_new_raw_public_key(LibCrypto.Ed25519KeyType, 0, keyBytes, (nuint)publicKey.Length);
            Demand(!key.IsInvalid, nameof(LibCrypto.EVP_PKEY_new_raw_public_key));
            using var context = LibCrypto.EVP_MD_CTX_new();
            Demand(!context.IsInvalid, nameof(LibCrypto.EVP_MD_CTX_new));
            Demand(LibCrypto.EVP_DigestVerifyInit(context, 0, 0, 0, key) == 1, nameof(LibCrypto.EVP_DigestVerifyInit));
            var answer = LibCrypto.EVP_DigestVerify(context, signatureBytes, (nuint)signature.Length, messageBytes, (nuint)message.Length);
            if (answer == 1)
            {
                return true;
            }

            // OpenSSL says 0 for "does not match" and less for "could not tell"; only the first is an answer.
            Demand(answer == 0, nameof(LibCrypto.EVP_DigestVerify));
            LibCrypto.ERR_clear_error();
            return false;
        }
    }

    /// <summary>
    /// Signs <paramref name="message"/> with the private key <paramref name="seed"/> (32 bytes) and returns the signature's 64 bytes.
    /// </summary>
    /// <exception cref="ArgumentException">The seed is not 32 bytes long.</exception>
    public static byte[] Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message)
    {
        using var key = PrivateKey(seed);
        using var context = LibCrypto.EVP_MD_CTX_new();
        Demand(!context.IsInvalid, nameof(LibCrypto.EVP_MD_CTX_new));
        Demand(LibCrypto.EVP_DigestSignInit(context, 0, 0, 0, key) == 1, nameof(LibCrypto.EVP_DigestSignInit));
        var signature = new byte[SignatureBytes];
        var length = (nuint)SignatureBytes;
        fixed (byte* messageBytes = message, signatureBytes = signature)
        {
            var answer = LibCrypto.EVP_DigestSign(context, signatureBytes, &length, messageBytes, (nuint)message.Length);
            Demand(answer == 1 && length == SignatureBytes, nameof(LibCrypto.EVP_DigestSign));
        }

        return signature;
    }

    /// <summary>Returns the 32 bytes of the public key that belongs to the private key <paramref name="seed"/> (32 bytes).</summary>
    /// <exception cref="ArgumentException">The seed is not 32 bytes long.</exception>
    public static byte[] PublicKeyOf(ReadOnlySpan<byte> seed)
    {
        using var key = PrivateKey(seed);
        var publicKey = new byte[PublicKeyBytes];
        var length = (nuint)PublicKeyBytes;
        fixed (byte* output = publicKey)
        {
            var answer = LibCrypto.EVP_PKEY_get_raw_public_key(key, output, &length);
            Demand(answer == 1 && length == PublicKeyBytes, nameof(LibCrypto.EVP_PKEY_get_raw_public_key));
        }

        return publicKey;
    }

    /// <summary>Says whether <paramref name="publicKey"/> is of small order: such a key is nobody's, and anybody can sign for it.</summary>
    internal static bool IsWeak(ReadOnlySpan<byte> publicKey)
    {
        Span<byte> point = stackalloc byte[PublicKeyBytes];
        publicKey.CopyTo(point);
        point[^1] &= 0x7f;
        foreach (var weak in s_weakKeys)
        {
            if (point.SequenceEqual(weak))
            {
                return true;
            }
        }

        return false;
    }

    private static LibCrypto.KeyHandle PrivateKey(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != SeedBytes)
        {
            throw new ArgumentException($"An Ed25519 seed has {SeedBytes} bytes, not {seed.Length}.", nameof(seed));
        }

        LibCrypto.Require();
        fixed (byte* seedBytes = seed)
        {
            var key = LibCrypto.EVP_PKEY_new_raw_private_key(LibCrypto.Ed25519KeyType, 0, seedBytes, (nuint)seed.Length);
            Demand(!key.IsInvalid, nameof(LibCrypto.EVP_PKEY_new_raw_private_key));
            return key;
        }
    }

    private static void Demand(bool succeeded, string function)
    {
        if (!succeeded)
        {
            // What is left in the thread's error queue would otherwise be taken for the error of whoever calls OpenSSL next.
            LibCrypto.ERR_clear_error();
            throw new CryptographicException($"OpenSSL's {function} failed: this OpenSSL may be built or configured without Ed25519.");
        }
    }
}
