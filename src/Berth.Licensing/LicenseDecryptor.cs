using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Berth.Licensing;

/// <summary>The second half of reading a file: what does it say, and is it good now? Whether it is signed is settled before.</summary>
internal static class LicenseDecryptor
{
    public const int IvBytes = 12;
    public const int TagBytes = 16;

    /// <summary>Opens the certificate, then checks the clock, then the file's end, and stops at the first that fails.</summary>
    public static LicenseReading Open(LicenseCertificate certificate, ReadOnlySpan<byte> file, string licenseKey, DateTimeOffset now)
    {
        if (certificate.Alg.StartsWith("aes-256-gcm+rsa-", StringComparison.Ordinal))
        {
            return new LicenseRejected(LicenseRejection.NotSupported, "the file is signed with RSA");
        }

        if (!string.Equals(certificate.Alg, LicenseCertificate.EncryptedAlg, StringComparison.Ordinal))
        {
            return new LicenseRejected(LicenseRejection.NotEncrypted, "the algorithm is not aes-256-gcm+ed25519");
        }

        if (!TryDecrypt(certificate.Enc, licenseKey, out var plaintext))
        {
            return new LicenseRejected(LicenseRejection.ContentsInvalid, "the license key does not open the file");
        }

        return Judge(plaintext, Sha256(file), now);
    }

    /// <summary>Reads a document that is in the clear, then checks the clock, then the file's end.</summary>
    public static LicenseReading Judge(ReadOnlyMemory<byte> plaintext, string fileSha256, DateTimeOffset now)
    {
        if (!LicensePayload.TryRead(plaintext, fileSha256, out var license, out var reason))
        {
            return new LicenseRejected(LicenseRejection.ContentsInvalid, reason);
        }

        return WhyNotNow(license, now) ?? (LicenseReading)new LicenseAccepted(license);
    }

    /// <summary>Null when the file is good at <paramref name="now"/>.</summary>
    public static LicenseRejected? WhyNotNow(License license, DateTimeOffset now)
    {
        if (license.FileIssued - now > LicenseReader.ClockTolerance)
        {
            var detail = $"the file was issued at {license.FileIssued:u}, but it is {now.ToUniversalTime():u}";
            return new LicenseRejected(LicenseRejection.ClockOutOfSync, detail);
        }

        return now > license.FileEnd
            ? new LicenseRejected(LicenseRejection.Expired, $"the file ended at {license.FileEnd:u}")
            : null;
    }

    public static string Sha256(ReadOnlySpan<byte> file) => Convert.ToHexStringLower(SHA256.HashData(file));

    public static bool TryDecrypt(string enc, string licenseKey, [NotNullWhen(true)] out byte[]? plaintext)
    {
        plaintext = null;
        var parts = enc.Split('.', count: 4);
        if (parts.Length != 3 ||
            !StrictBase64.TryDecode(parts[0], out var ciphertext) ||
            !StrictBase64.TryDecode(parts[1], out var iv) || iv.Length != IvBytes ||
            !StrictBase64.TryDecode(parts[2], out var tag) || tag.Length != TagBytes)
        {
            return false;
        }

        // The format hashes the license key once and adds no salt, so a key must be long and random to be worth anything.
        var aesKey = SHA256.HashData(Encoding.UTF8.GetBytes(licenseKey));
        var buffer = new byte[ciphertext.Length];
        try
        {
            using var aes = new AesGcm(aesKey, TagBytes);
            aes.Decrypt(iv, ciphertext, tag, buffer);
            plaintext = buffer;
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(aesKey);
        }
    }
}
