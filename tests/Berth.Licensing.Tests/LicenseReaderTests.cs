using System.Security.Cryptography;
using System.Text;

namespace Berth.Licensing.Tests;

public sealed class LicenseReaderTests
{
    private const string Ended = "\"issued\":\"2026-01-01T00:00:00.000Z\",\"expiry\":\"2026-01-01T00:30:00.000Z\"";

    [Fact]
    public void Golden_file_is_accepted()
    {
        Golden.File.Length.ShouldBe(646);
        Golden.Accept(Golden.File).ShouldBe(new License
        {
            Id = Golden.Id,
            Key = Golden.LicenseKey,
            FileIssued = Golden.Issued,
            FileSha256 = Golden.Sha256,
        });
        LicenseReader.Verify(Golden.File, Golden.PublicKey).ShouldBeNull();
    }

    [Fact]
    public void Opened_without_a_look_at_its_signer_a_file_needs_its_key_all_the_same()
    {
        LicenseReader.OpenUnverified(Golden.File, Golden.LicenseKey)!.Id.ShouldBe(Golden.Id);
        LicenseReader.OpenUnverified(Golden.File, "other").ShouldBeNull();
        LicenseReader.OpenUnverified("garbage"u8, Golden.LicenseKey).ShouldBeNull();
    }

    [Fact]
    public void Every_field_is_read()
    {
        var file = Golden.Signed(
            """
            {"data":{"id":"a","type":"licenses","attributes":{"name":"Müller GmbH","key":"inner","expiry":"2027-01-01T01:00:00+01:00",
            "status":"ACTIVE","maxMachines":3,"metadata":{"a":{"b":[1]}}},"relationships":{}},"included":[],
            "meta":{"issued":"2025-12-05T16:49:12.964Z","expiry":"2026-01-04T16:49:12.964Z","ttl":2592000}}
            """);
        var license = Golden.Accept(file);
        license.ShouldBe(new License
        {
            Id = "a",
            Key = "inner",
            Name = "Müller GmbH",
            LicenseExpiry = new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero),
            FileIssued = new DateTimeOffset(2025, 12, 5, 16, 49, 12, 964, TimeSpan.Zero),
            FileExpiry = new DateTimeOffset(2026, 1, 4, 16, 49, 12, 964, TimeSpan.Zero),
            FileTtl = TimeSpan.FromDays(30),
            MaxMachines = 3,
            FileSha256 = Convert.ToHexStringLower(SHA256.HashData(file)),
        });
        license.FileEnd.ShouldBe(license.FileExpiry);
    }

    [Fact]
    public void Another_public_key_fails_verification() =>
        Reason(Golden.Read(Golden.File, publicKey: VendorKey.Generate().PublicKeyHex)).ShouldBe(LicenseRejection.VerificationFailed);

    [Theory]
    [InlineData("")]
    [InlineData("03a1")]
    [InlineData("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8ff")]
    [InlineData("zza107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    public void Unusable_public_key_fails_verification(string publicKey)
    {
        Reason(Golden.Read(Golden.File, publicKey: publicKey)).ShouldBe(LicenseRejection.VerificationFailed);
        LicenseReader.Verify(Golden.File, publicKey).ShouldNotBeNull().Reason.ShouldBe(LicenseRejection.VerificationFailed);
    }

    [Fact]
    public void Public_key_may_be_in_capitals_with_blanks_around_it() =>
        Golden.Read(Golden.File, publicKey: $" {Golden.PublicKey.ToUpperInvariant()}\n").ShouldBeOfType<LicenseAccepted>();

    [Theory]
    [InlineData("TEST-0001-V4")]
    [InlineData(" TEST-0001-V3")]
    [InlineData("")]
    [InlineData("\ud800")]
    public void Another_license_key_does_not_open_the_file(string licenseKey) =>
        Reason(Golden.Read(Golden.File, licenseKey)).ShouldBe(LicenseRejection.ContentsInvalid);

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("AAAA.AAECAwQFBgcICQoL")]
    [InlineData("AAAA.AAECAwQFBgcICQoL.gUrD12+PQupcCmQNPk0ZOg==.AAAA")]
    [InlineData("AAAA.AAECAwQFBgcICQ==.gUrD12+PQupcCmQNPk0ZOg==")]
    [InlineData("AAAA.AAECAwQFBgcICQoL.gUrD12+PQupcCmQNPk0Z")]
    [InlineData("AAA.AAECAwQFBgcICQoL.gUrD12+PQupcCmQNPk0ZOg==")]
    [InlineData("AAAA.AAECAwQFBgcICQoL.gUrD12+PQupcCmQNPk0ZOg==")]
    public void Signed_ciphertext_of_another_shape_does_not_open(string enc) =>
        Reason(Golden.Read(LicenseIssuer.Seal(enc, LicenseCertificate.EncryptedAlg, Golden.Seed)))
            .ShouldBe(enc.Length == 0 ? LicenseRejection.VerificationFailed : LicenseRejection.ContentsInvalid);

    [Fact]
    public void Signature_over_the_contents_without_their_prefix_fails_verification()
    {
        var signature = Convert.ToBase64String(Ed25519.Sign(Golden.Seed, Encoding.UTF8.GetBytes(Golden.Enc)));
        var file = LicenseIssuer.Wrap(LicenseIssuer.Certificate(Golden.Enc, signature, LicenseCertificate.EncryptedAlg));
        Golden.Reject(file).Reason.ShouldBe(LicenseRejection.VerificationFailed);
    }

    [Fact]
    public void Unencrypted_file_verifies_but_is_not_encrypted()
    {
        var file = Golden.Plain;
        LicenseReader.Verify(file, Golden.PublicKey).ShouldBeNull();
        Golden.Reject(file).Reason.ShouldBe(LicenseRejection.NotEncrypted);
    }

    [Theory]
    [InlineData("aes-256-gcm+rsa-sha256", LicenseRejection.NotSupported)]
    [InlineData("aes-256-gcm+rsa-pss-sha256", LicenseRejection.NotSupported)]
    [InlineData("aes-256-gcm+ecdsa-p256", LicenseRejection.NotEncrypted)]
    [InlineData("base64+rsa-sha256", LicenseRejection.NotEncrypted)]
    [InlineData("AES-256-GCM+ED25519", LicenseRejection.NotEncrypted)]
    [InlineData("none", LicenseRejection.NotEncrypted)]
    public void Other_algorithms_fail_verification_before_their_own_reason_is_reached(string alg, LicenseRejection unverified)
    {
        var file = LicenseIssuer.Seal(Golden.Enc, alg, Golden.Seed);
        Golden.Reject(file).Reason.ShouldBe(LicenseRejection.VerificationFailed);
        LicenseReader.Verify(file, Golden.PublicKey).ShouldNotBeNull();
        LicenseCertificate.TryParse(file, out var certificate, out _).ShouldBeTrue();
        Reason(LicenseDecryptor.Open(certificate, file, Golden.LicenseKey, Golden.Now)).ShouldBe(unverified);
    }

    [Theory]
    [InlineData(-4, true)]
    [InlineData(-5, true)]
    [InlineData(-6, false)]
    public void File_from_the_future_is_accepted_within_five_minutes(int minutes, bool accepted)
    {
        var reading = Golden.Read(Golden.File, now: Golden.Issued.AddMinutes(minutes));
        (reading is LicenseAccepted).ShouldBe(accepted);
        if (!accepted)
        {
            Reason(reading).ShouldBe(LicenseRejection.ClockOutOfSync);
        }
    }

    [Fact]
    public void File_is_accepted_up_to_its_end_and_not_after()
    {
        var file = Golden.WithMeta($$"""{{{Ended}},"ttl":1800}""");
        var end = Golden.Issued.AddMinutes(30);
        Golden.Accept(file, end).FileEnd.ShouldBe(end);
        Golden.Reject(file, end.AddTicks(1)).Reason.ShouldBe(LicenseRejection.Expired);
    }

    [Fact]
    public void End_is_judged_in_whatever_offset_now_is_given()
    {
        var file = Golden.WithMeta($$"""{{{Ended}},"ttl":1800}""");
        Golden.Accept(file, Golden.Issued.AddMinutes(29).ToOffset(TimeSpan.FromHours(14))).Id.ShouldBe(Golden.Id);
        Golden.Reject(file, Golden.Issued.AddMinutes(31).ToOffset(TimeSpan.FromHours(-12))).Reason.ShouldBe(LicenseRejection.Expired);
    }

    [Theory]
    [InlineData(",\"ttl\":null")]
    [InlineData(",\"ttl\":0")]
    [InlineData("")]
    public void File_without_time_to_live_never_ends(string ttl)
    {
        var license = Golden.Accept(Golden.WithMeta($$"""{{{Ended}}{{ttl}}}"""));
        license.FileTtl.ShouldBeNull();
        license.FileEnd.ShouldBeNull();
        license.FileExpiry.ShouldBe(Golden.Issued.AddMinutes(30));
    }

    [Fact]
    public void Clock_is_judged_before_the_end()
    {
        var file = Golden.WithMeta("""{"issued":"2026-01-02T00:00:00Z","expiry":"2026-01-01T00:00:00Z","ttl":1800}""");
        Golden.Reject(file).Reason.ShouldBe(LicenseRejection.ClockOutOfSync);
    }

    [Fact]
    public void Ended_license_in_a_good_file_is_accepted()
    {
        var license = Golden.Accept(Golden.WithAttributes("\"expiry\":\"2020-01-01T00:00:00.000Z\""));
        license.LicenseExpiry.ShouldBe(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public void Times_at_the_ends_of_the_calendar_do_not_overflow()
    {
        Golden.Reject(Golden.File, DateTimeOffset.MinValue).Reason.ShouldBe(LicenseRejection.ClockOutOfSync);
        Golden.Accept(Golden.File, DateTimeOffset.MaxValue).Id.ShouldBe(Golden.Id);
    }

    [Theory]
    [InlineData(LicenseRejection.VerificationFailed, "license verification failed: license file is invalid")]
    [InlineData(LicenseRejection.ContentsInvalid, "license decryption failed: license file is invalid")]
    [InlineData(LicenseRejection.Expired, "license decryption failed: license file is expired")]
    [InlineData(LicenseRejection.ClockOutOfSync, "license decryption failed: system clock is out of sync")]
    [InlineData(LicenseRejection.NotEncrypted, "license decryption failed: license file is not encrypted")]
    [InlineData(LicenseRejection.NotSupported, "license decryption failed: license file is not supported")]
    public void Texts_are_fixed(LicenseRejection reason, string text) => new LicenseRejected(reason, "").Text.ShouldBe(text);

    [Fact]
    public void Every_reason_has_a_text()
    {
        foreach (var reason in Enum.GetValues<LicenseRejection>())
        {
            new LicenseRejected(reason, "").Text.ShouldNotBeEmpty();
        }
    }

    [Fact]
    public void License_key_does_not_leak_into_texts()
    {
        var license = Golden.Accept(Golden.File);
        license.ToString().ShouldBe($"License {Golden.Id}");
        Golden.Read(Golden.File).ToString().ShouldNotContain(Golden.LicenseKey);
    }

    private static LicenseRejection Reason(LicenseReading reading) => reading.ShouldBeOfType<LicenseRejected>().Reason;
}
