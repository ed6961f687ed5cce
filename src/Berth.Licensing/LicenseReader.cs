namespace Berth.Licensing;

/// <summary>
/// Reads license files in Keygen's license file format. Any bytes are allowed, and an unusable file is an outcome, not an exception.
/// What is thrown, by every member, is about the installation: <see cref="CryptoLibraryMissingException"/> when OpenSSL is missing,
/// and <see cref="System.Security.Cryptography.CryptographicException"/> when it does not work.
/// All members may be called from several threads at once.
/// </summary>
public static class LicenseReader
{
    /// <summary>The most bytes that a license file may have: 1 MiB.</summary>
    public const int MaxFileBytes = 1024 * 1024;

    /// <summary>How far in the future a file may have been issued, because clocks differ: five minutes.</summary>
    public static TimeSpan ClockTolerance { get; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Reads a file in full: form, algorithm, public key, signature, encryption, contents, clock, end, in this order; the first that fails
    /// is the reason. The license's own expiry is not looked at.
    /// </summary>
    /// <param name="file">The bytes of the file, at most <see cref="MaxFileBytes"/>.</param>
    /// <param name="licenseKey">The license key that opens the file, taken as it is: blanks around it count.</param>
    /// <param name="publicKey">The vendor's Ed25519 public key as 64 hexadecimal digits; blanks around it do not count.</param>
    /// <param name="now">The time at which the file is to be good.</param>
    public static LicenseReading Read(ReadOnlySpan<byte> file, string licenseKey, string publicKey, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(licenseKey);
        ArgumentNullException.ThrowIfNull(publicKey);
        return LicenseVerifier.TryVerify(file, publicKey, out var certificate, out var reason)
            ? LicenseDecryptor.Open(certificate, file, licenseKey, now)
            : new LicenseRejected(LicenseRejection.VerificationFailed, reason);
    }

    /// <summary>
    /// Checks form and signature only, for which no license key is needed, and returns null when they are good. A file that verifies may
    /// still be unencrypted, expired or closed to the license key at hand.
    /// </summary>
    /// <param name="file">The bytes of the file, at most <see cref="MaxFileBytes"/>.</param>
    /// <param name="publicKey">The vendor's Ed25519 public key as 64 hexadecimal digits; blanks around it do not count.</param>
    public static LicenseRejected? Verify(ReadOnlySpan<byte> file, string publicKey)
    {
        ArgumentNullException.ThrowIfNull(publicKey);
        return LicenseVerifier.TryVerify(file, publicKey, out _, out var reason)
            ? null
            : new LicenseRejected(LicenseRejection.VerificationFailed, reason);
    }

    /// <summary>
    /// Opens a file without asking who signed it or whether it is good now, for who trusts where the file came from.
    /// Null: the license key does not open it, or what it holds is not a license.
    /// </summary>
    /// <param name="file">The bytes of the file, at most <see cref="MaxFileBytes"/>.</param>
    /// <param name="licenseKey">The license key that opens the file, taken as it is: blanks around it count.</param>
    public static License? OpenUnverified(ReadOnlySpan<byte> file, string licenseKey)
    {
        ArgumentNullException.ThrowIfNull(licenseKey);
        return LicenseCertificate.TryParse(file, out var certificate, out _)
            && LicenseDecryptor.TryDecrypt(certificate.Enc, licenseKey, out var plaintext)
            && LicensePayload.TryRead(plaintext, LicenseDecryptor.Sha256(file), out var license, out _)
            ? license
            : null;
    }

    /// <summary>
    /// Describes a file for a person, in lines of a label and a value, ending in a newline. It shows as much as the keys given allow and
    /// never the license key. Contents are shown even where the signature was not checked or is wrong, and the description says so;
    /// it grants nothing.
    /// </summary>
    /// <param name="file">The bytes of the file, at most <see cref="MaxFileBytes"/>.</param>
    /// <param name="licenseKey">The license key that opens the file, or null to leave it closed.</param>
    /// <param name="publicKey">The vendor's public key as 64 hexadecimal digits, or null to leave the signature unchecked.</param>
    /// <param name="now">The time at which the file is to be good, or null to show its times without judging them.</param>
    public static string Inspect(
        ReadOnlySpan<byte> file, string? licenseKey = null, string? publicKey = null, DateTimeOffset? now = null) =>
        LicenseDescription.Of(file, licenseKey, publicKey, now);
}
