using System.Text;

namespace Berth.Licensing.Tests;

/// <summary>One file whose every step is known, and what tests make from its keys.</summary>
internal static class Golden
{
    public const string SeedHex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    public const string PublicKey = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8";
    public const string LicenseKey = "TEST-0001-V3";
    public const string Id = "11111111-2222-4333-8444-555555555555";
    public const string Sha256 = "eb1b1a8954b7f2dcfcd405ee2a08cfee7fde2a8912cc4eabb356fc42bbd6d056";
    public const string Meta = """{"issued":"2026-01-01T00:00:00.000Z","expiry":null,"ttl":null}""";
    public const string Data =
        """{"id":"11111111-2222-4333-8444-555555555555","type":"licenses","attributes":{"key":"TEST-0001-V3","expiry":null}}""";
    public const string Plaintext = $$"""{"data":{{Data}},"meta":{{Meta}}}""";

    public const string Enc =
        "et0deml9hdHrZ+DJgc0q/etBm5gRpPx5ZkgOsglxBXm3tSAm/fItx8Ppp5/gMY9QI6mrlzwiMw4f07gWnvDwu8Y7tR506FTJHjng3gPhRCvcjkWLfmcke/bcg6RM6yOH" +
        "0NCDF4hbWfn8GRUt/3FpWkIsH0NKp91QVj1zWmnF0pSud7LsfhRm0ii+ggEivUWGleamEGE2Z1/tzXeSif9CpkIHyp9cuHScJHHYF1jqQy/JyvinReBr/hrdS2TUWwm3" +
        ".AAECAwQFBgcICQoL.gUrD12+PQupcCmQNPk0ZOg==";

    public const string Sig = "1JxkzLPwsND3yBNJWEry3AYIZX06QzjcayjtZESuph0AVkwJQbdi+oCD/JUcofkiH5yAnU+dDmOiGTIniAJvAQ==";

    public static readonly DateTimeOffset Issued = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>An hour after the file was issued.</summary>
    public static readonly DateTimeOffset Now = Issued.AddHours(1);

    public static byte[] Seed => Convert.FromHexString(SeedHex);

    public static byte[] Iv => Convert.FromHexString("000102030405060708090a0b");

    /// <summary>Built from the constants, not by the issuer, so that reading is tested against the vector alone.</summary>
    public static byte[] File =>
        LicenseIssuer.Wrap(Encoding.UTF8.GetBytes($$"""{"enc":"{{Enc}}","sig":"{{Sig}}","alg":"aes-256-gcm+ed25519"}"""));

    /// <summary>A genuinely signed and encrypted file with this payload.</summary>
    public static byte[] Signed(string payload) => Signed(Encoding.UTF8.GetBytes(payload));

    public static byte[] Signed(byte[] payload) => LicenseIssuer.Issue(payload, Seed, LicenseKey, Iv);

    /// <summary>A genuinely signed file with this meta.</summary>
    public static byte[] WithMeta(string meta) => Signed($$"""{"data":{{Data}},"meta":{{meta}}}""");

    /// <summary>A genuinely signed file with these attributes beside the key.</summary>
    public static byte[] WithAttributes(string attributes) =>
        Signed(Plaintext.Replace("\"expiry\":null}}", attributes + "}}"));

    /// <summary>A genuinely signed file that is not encrypted.</summary>
    public static byte[] Plain =>
        LicenseIssuer.Seal(Convert.ToBase64String(Encoding.UTF8.GetBytes(Plaintext)), LicenseCertificate.PlainAlg, Seed);

    public static LicenseReading Read(
        byte[] file, string licenseKey = LicenseKey, string publicKey = PublicKey, DateTimeOffset? now = null) =>
        LicenseReader.Read(file, licenseKey, publicKey, now ?? Now);

    public static License Accept(byte[] file, DateTimeOffset? now = null) => Read(file, now: now).ShouldBeOfType<LicenseAccepted>().License;

    public static LicenseRejected Reject(byte[] file, DateTimeOffset? now = null) => Read(file, now: now).ShouldBeOfType<LicenseRejected>();
}
