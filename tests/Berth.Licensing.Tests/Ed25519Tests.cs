using System.Numerics;
using System.Security.Cryptography;

namespace Berth.Licensing.Tests;

public sealed class Ed25519Tests
{
    /// <summary>RFC 8032 §7.1: seed, public key, message, signature.</summary>
    public static TheoryData<string, string, string, string> Vectors => new()
    {
        {
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155" +
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        },
        {
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        },
        {
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac" +
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        },
        {
            "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
            "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589" +
            "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
        },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Rfc_8032_vectors_hold(string seed, string publicKey, string message, string signature)
    {
        Convert.ToHexStringLower(Ed25519.PublicKeyOf(Bytes(seed))).ShouldBe(publicKey);
        Convert.ToHexStringLower(Ed25519.Sign(Bytes(seed), Bytes(message))).ShouldBe(signature);
        Ed25519.Verify(Bytes(publicKey), Bytes(message), Bytes(signature)).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Any_flipped_bit_of_signature_message_or_key_is_noticed(string seed, string publicKey, string message, string signature)
    {
        _ = seed;
        foreach (var flipped in Flips(Bytes(signature)))
        {
            Ed25519.Verify(Bytes(publicKey), Bytes(message), flipped).ShouldBeFalse();
        }

        foreach (var flipped in Flips(Bytes(message)))
        {
            Ed25519.Verify(Bytes(publicKey), flipped, Bytes(signature)).ShouldBeFalse();
        }

        foreach (var flipped in Flips(Bytes(publicKey)))
        {
            Ed25519.Verify(flipped, Bytes(message), Bytes(signature)).ShouldBeFalse();
        }
    }

    [Fact]
    public void Signature_with_the_group_order_added_is_refused()
    {
        var order = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493");
        var signature = Ed25519.Sign(Golden.Seed, "berth"u8);
        var scalar = new BigInteger(signature.AsSpan(32), isUnsigned: true) + order;
        scalar.TryWriteBytes(signature.AsSpan(32), out _, isUnsigned: true).ShouldBeTrue();
        Ed25519.Verify(Bytes(Golden.PublicKey), "berth"u8, signature).ShouldBeFalse();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Keys_of_another_length_verify_nothing_and_sign_nothing(int length)
    {
        var signature = Ed25519.Sign(Golden.Seed, "berth"u8);
        Ed25519.Verify(new byte[length], "berth"u8, signature).ShouldBeFalse();
        Should.Throw<ArgumentException>(() => Ed25519.Sign(new byte[length], "berth"u8));
        Should.Throw<ArgumentException>(() => Ed25519.PublicKeyOf(new byte[length]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(65)]
    public void Signature_of_another_length_is_refused(int length) =>
        Ed25519.Verify(Bytes(Golden.PublicKey), "berth"u8, new byte[length]).ShouldBeFalse();

    /// <summary>R is the neutral element and S is zero: no seed is needed, and the key's order decides whether it passes.</summary>
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")]
    [InlineData("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85")]
    [InlineData("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    public void Forgery_under_a_key_of_small_order_is_refused(string publicKey)
    {
        var forgery = new byte[Ed25519.SignatureBytes];
        forgery[0] = 1;
        for (var attempt = 0; attempt < 200; attempt++)
        {
            Ed25519.Verify(Bytes(publicKey), BitConverter.GetBytes(attempt), forgery).ShouldBeFalse();
        }
    }

    [Fact]
    public void Threads_do_not_disturb_each_other()
    {
        var wrong = 0;
        Parallel.For(0, 2000, i =>
        {
            var message = BitConverter.GetBytes(i);
            var signature = Ed25519.Sign(Golden.Seed, message);
            var good = Ed25519.Verify(Bytes(Golden.PublicKey), message, signature);
            signature[i % signature.Length] ^= 1;
            if (!good || Ed25519.Verify(Bytes(Golden.PublicKey), message, signature))
            {
                Interlocked.Increment(ref wrong);
            }
        });
        wrong.ShouldBe(0);
    }

    [Fact]
    public void Refused_signature_leaves_no_error_for_the_next_user_of_openssl()
    {
        Ed25519.Verify(Bytes(Golden.PublicKey), "berth"u8, new byte[Ed25519.SignatureBytes]).ShouldBeFalse();
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ecdsa.VerifyData("berth"u8, ecdsa.SignData("berth"u8, HashAlgorithmName.SHA256), HashAlgorithmName.SHA256).ShouldBeTrue();
    }

    [Fact]
    public void Missing_library_is_named_together_with_what_to_install()
    {
        LibCrypto.IsPresent("libberth-absent.so.9").ShouldBeFalse();
        LibCrypto.IsPresent(LibCrypto.Name).ShouldBeTrue();
        Should.NotThrow(LibCrypto.Require);
        var message = new CryptoLibraryMissingException().Message;
        message.ShouldStartWith("libcrypto.so.3 (OpenSSL 3) is missing");
        message.ShouldContain("Install OpenSSL 3: package libssl3");
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex);

    private static IEnumerable<byte[]> Flips(byte[] bytes)
    {
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var copy = (byte[])bytes.Clone();
            copy[bit / 8] ^= (byte)(1 << (bit % 8));
            yield return copy;
        }
    }
}
