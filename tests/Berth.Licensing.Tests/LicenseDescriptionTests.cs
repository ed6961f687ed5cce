namespace Berth.Licensing.Tests;

public sealed class LicenseDescriptionTests
{
    [Fact]
    public void Everything_is_shown_with_both_keys() =>
        LicenseReader.Inspect(Golden.File, Golden.LicenseKey, Golden.PublicKey, Golden.Now).ShouldBe(
            $"""
            algorithm        aes-256-gcm+ed25519
            signature        valid
            sha-256          {Golden.Sha256}
            license          {Golden.Id}
            name             none
            machines         not stated
            license expires  never
            file issued      2026-01-01 00:00:00Z
            file expires     never
            usable now       yes

            """);

    [Fact]
    public void Without_keys_the_file_stays_closed_and_unchecked() =>
        LicenseReader.Inspect(Golden.File).ShouldBe(
            $"""
            algorithm        aes-256-gcm+ed25519
            signature        not checked: no public key given
            sha-256          {Golden.Sha256}
            contents         not opened: no license key given

            """);

    [Fact]
    public void Wrong_keys_are_told_apart()
    {
        var text = LicenseReader.Inspect(Golden.File, "wrong", VendorKey.Generate().PublicKeyHex);
        text.ShouldContain("signature        INVALID: the signature does not match the file and this public key\n");
        text.ShouldContain("contents         not opened: the license key does not open the file\n");
        LicenseReader.Inspect(Golden.File, Golden.LicenseKey, "x").ShouldContain("INVALID: the public key is not an Ed25519 key");
    }

    [Fact]
    public void Bytes_that_are_no_certificate_are_called_so() =>
        LicenseReader.Inspect("hello"u8).ShouldBe("license file     invalid: the text between header and footer is not base64\n");

    [Fact]
    public void Unencrypted_file_is_shown_without_its_key()
    {
        var file = Golden.Plain;
        var text = LicenseReader.Inspect(file, publicKey: Golden.PublicKey);
        text.ShouldContain("signature        valid\n");
        text.ShouldContain(Golden.Id);
        text.ShouldNotContain(Golden.LicenseKey);
    }

    [Fact]
    public void Times_are_judged_when_now_is_given()
    {
        var file = Golden.Signed(Golden.Plaintext
            .Replace("\"expiry\":null}}", "\"expiry\":\"2020-01-01T00:00:00Z\"}}")
            .Replace("\"expiry\":null,\"ttl\":null", "\"expiry\":\"2026-01-01T00:30:00Z\",\"ttl\":1800"));
        var text = LicenseReader.Inspect(file, Golden.LicenseKey, Golden.PublicKey, Golden.Now);
        text.ShouldContain("license expires  2020-01-01 00:00:00Z (past)\n");
        text.ShouldContain("usable now       no: the file ended at 2026-01-01 00:30:00Z\n");
        LicenseReader.Inspect(file, Golden.LicenseKey, Golden.PublicKey).ShouldNotContain("usable now");
    }

    [Fact]
    public void A_license_past_its_end_is_not_called_usable()
    {
        var file = Golden.Signed(Golden.Plaintext.Replace("\"expiry\":null}}", "\"expiry\":\"2020-01-01T00:00:00Z\"}}"));
        LicenseReader.Inspect(file, Golden.LicenseKey, Golden.PublicKey, Golden.Now).ShouldContain(
            "usable now       no: the file can be added, but the license in it ended at 2020-01-01 00:00:00Z, so it gives no seats where expiry is enforced\n");
    }

    [Fact]
    public void Another_key_inside_is_warned_about()
    {
        var file = Golden.Signed(Golden.Plaintext.Replace(Golden.LicenseKey, "OTHER"));
        LicenseReader.Inspect(file, Golden.LicenseKey).ShouldContain("warning          the key inside the file is not the key given");
    }

    [Fact]
    public void Nothing_in_the_file_can_steer_the_terminal()
    {
        var file = Golden.WithAttributes("\"name\":\"a\\u001b[2J\\nsignature valid\\u202e" + new string('b', 1000) + "\"");
        var text = LicenseReader.Inspect(file, Golden.LicenseKey);
        text.ShouldContain("name             a\\u{1b}[2J\\u{a}signature valid\\u{202e}bbb");
        text.Length.ShouldBeLessThan(1000);
        LicenseReader.Inspect(LicenseIssuer.Seal("a", "\u001b]0;x\a", Golden.Seed)).ShouldNotContain("\u001b");
    }
}
