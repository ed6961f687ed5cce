using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Berth.Licensing;

/// <summary>The first half of reading a file: is it a certificate, and did the vendor sign it?</summary>
internal static class LicenseVerifier
{
    /// <summary>Checks form, then algorithm, then public key, then signature, and stops at the first that fails.</summary>
    public static bool TryVerify(
        ReadOnlySpan<byte> file,
        string publicKey,
        [NotNullWhen(true)] out LicenseCertificate? certificate,
        [NotNullWhen(false)] out string? reason)
    {
        if (!LicenseCertificate.TryParse(file, out certificate, out reason))
        {
            return false;
        }

        reason = WhyNotSigned(certificate, publicKey);
        if (reason is null)
        {
            return true;
        }

        certificate = null;
        return false;
    }

    /// <summary>Null when the signature is the vendor's, otherwise the reason in words.</summary>
    public static string? WhyNotSigned(LicenseCertificate certificate, string publicKey)
    {
        if (certificate.Alg is not (LicenseCertificate.EncryptedAlg or LicenseCertificate.PlainAlg))
        {
            return "the algorithm is neither aes-256-gcm+ed25519 nor base64+ed25519";
        }

        if (!VendorKey.TryParsePublicKey(publicKey, out var key))
        {
            return "the public key is not an Ed25519 key of 64 hexadecimal digits";
        }

        if (!StrictBase64.TryDecode(certificate.Sig, out var signature) || signature.Length != Ed25519.SignatureBytes)
        {
            return "the signature is not base64 of 64 bytes";
        }

        var signed = Encoding.UTF8.GetBytes(LicenseCertificate.SignedPrefix + certificate.Enc);
        return Ed25519.Verify(key, signed, signature) ? null : "the signature does not match the file and this public key";
    }
}
