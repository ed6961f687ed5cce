using System.Text;

namespace Berth.Licensing.Tests;

/// <summary>The outer layers: what is taken for a certificate, and that nothing else is, whatever the bytes.</summary>
public sealed class LicenseCertificateTests
{
    private static string Payload => Convert.ToBase64String(
        Encoding.UTF8.GetBytes($$"""{"enc":"{{Golden.Enc}}","sig":"{{Golden.Sig}}","alg":"aes-256-gcm+ed25519"}"""));

    [Theory]
    [InlineData(60, "\n")]
    [InlineData(64, "\n")]
    [InlineData(76, "\r\n")]
    [InlineData(60, "\r\n")]
    [InlineData(1, "\n")]
    [InlineData(100_000, "\n")]
    public void Any_wrapping_is_accepted(int width, string newline)
    {
        var lines = Payload.Chunk(width).Select(line => new string(line));
        var text = string.Join(newline, [LicenseCertificate.Header, .. lines, LicenseCertificate.Footer, ""]);
        Golden.Accept(Encoding.ASCII.GetBytes(text)).Id.ShouldBe(Golden.Id);
    }

    [Fact]
    public void Header_and_footer_are_optional()
    {
        Golden.Accept(Encoding.ASCII.GetBytes(Payload)).Id.ShouldBe(Golden.Id);
        Golden.Accept(Encoding.ASCII.GetBytes(LicenseCertificate.Header + Payload)).Id.ShouldBe(Golden.Id);
        Golden.Accept(Encoding.ASCII.GetBytes(Payload + LicenseCertificate.Footer)).Id.ShouldBe(Golden.Id);
    }

    [Fact]
    public void Blanks_around_header_and_payload_are_ignored()
    {
        var text = $" \r\n\t{LicenseCertificate.Header} \n\n{Payload}\n \n{LicenseCertificate.Footer}\n\n ";
        Golden.Accept(Encoding.ASCII.GetBytes(text)).Id.ShouldBe(Golden.Id);
    }

    [Fact]
    public void Every_flipped_bit_of_the_payload_is_refused()
    {
        var file = Golden.File;
        var (start, end) = PayloadRange(file);
        for (var index = start; index < end; index++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var flipped = (byte[])file.Clone();
                flipped[index] ^= (byte)(1 << bit);
                var rejected = Golden.Read(flipped).ShouldBeOfType<LicenseRejected>($"byte {index}, bit {bit}");
                rejected.Reason.ShouldBe(LicenseRejection.VerificationFailed);
            }
        }
    }

    [Fact]
    public void Truncated_file_is_refused_unless_the_payload_is_whole()
    {
        var file = Golden.File;
        var (_, end) = PayloadRange(file);
        for (var length = 0; length <= file.Length; length++)
        {
            var whole = length == end || length == end + 1 || length >= file.Length - 1;
            (Golden.Read(file[..length]) is LicenseAccepted).ShouldBe(whole, $"{length} bytes");
            LicenseReader.Inspect(file.AsSpan(0, length), Golden.LicenseKey, Golden.PublicKey, Golden.Now).ShouldEndWith("\n");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\"enc\"")]
    [InlineData("{\"enc\":\"a\",\"sig\":\"b\"}")]
    [InlineData("{\"enc\":\"a\",\"sig\":\"b\",\"alg\":null}")]
    [InlineData("{\"enc\":\"a\",\"sig\":\"b\",\"alg\":\"\"}")]
    [InlineData("{\"enc\":\"a\",\"sig\":1,\"alg\":\"aes-256-gcm+ed25519\"}")]
    [InlineData("{\"enc\":{},\"sig\":\"b\",\"alg\":\"aes-256-gcm+ed25519\"}")]
    [InlineData("{\"Enc\":\"a\",\"sig\":\"b\",\"alg\":\"aes-256-gcm+ed25519\"}")]
    [InlineData("{\"enc\":\"a\",\"enc\":\"a\",\"sig\":\"b\",\"alg\":\"aes-256-gcm+ed25519\"}")]
    [InlineData("{\"enc\":\"\\ud800\",\"sig\":\"b\",\"alg\":\"aes-256-gcm+ed25519\"}")]
    [InlineData("{\"\\ud800\":1,\"\\ud800\":2,\"enc\":\"a\",\"sig\":\"b\",\"alg\":\"c\"}")]
    [InlineData("{\"enc\":\"a\",\"sig\":\"b\",\"alg\":\"c\"} {}")]
    [InlineData("{\"enc\":\"a\",\"sig\":\"b\",\"alg\":\"c\",}")]
    [InlineData("{\"enc\":\"a\"")]
    public void Json_that_is_no_certificate_is_refused(string json) => Refuse(LicenseIssuer.Wrap(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Json_that_is_not_utf8_is_refused()
    {
        var json = Encoding.UTF8.GetBytes("""{"enc":"a_","sig":"b","alg":"c"}""");
        json[9] = 0xff;
        Refuse(LicenseIssuer.Wrap(json));
    }

    [Fact]
    public void Certificate_of_a_genuine_file_is_refused_once_a_stranger_adds_to_it_what_is_not_utf8()
    {
        var json = Encoding.Latin1.GetBytes($$"""{"enc":"{{Golden.Enc}}","sig":"{{Golden.Sig}}","alg":"aes-256-gcm+ed25519","x":"é"}""");
        Refuse(LicenseIssuer.Wrap(json));
    }

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    public void Deep_json_is_refused(char open) => Refuse(LicenseIssuer.Wrap(Encoding.ASCII.GetBytes(new string(open, 500_000))));

    [Fact]
    public void Deep_json_with_names_is_refused() =>
        Refuse(LicenseIssuer.Wrap(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"enc\":", 50_000)))));

    [Fact]
    public void More_than_the_limit_is_refused_and_the_limit_itself_is_not()
    {
        var file = Golden.File;
        var padded = Enumerable.Repeat((byte)'\n', LicenseReader.MaxFileBytes).ToArray();
        file.CopyTo(padded, 0);
        Golden.Accept(padded).Id.ShouldBe(Golden.Id);
        Golden.Reject([.. padded, (byte)'\n']).Detail.ShouldContain("1048576");
    }

    [Theory]
    [InlineData("Zm9v    ")]
    [InlineData("Z g = = ")]
    [InlineData("\tZm9\r\nv ")]
    [InlineData("Zg=\t=")]
    [InlineData("Zh==")]
    [InlineData("Zg")]
    [InlineData("Zg=")]
    [InlineData("Zg===")]
    [InlineData("Zg==Zg==")]
    [InlineData("Z-__")]
    [InlineData("Zm9v\n")]
    [InlineData("ZmZé")]
    public void Base64_in_another_spelling_is_refused(string text) => StrictBase64.TryDecode(text, out _).ShouldBeFalse();

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(20260101);
        for (var round = 0; round < 5000; round++)
        {
            var bytes = new byte[random.Next(0, 300)];
            random.NextBytes(bytes);
            Refuse(bytes);
            Refuse(LicenseIssuer.Wrap(bytes));
        }
    }

    private static void Refuse(byte[] file)
    {
        Golden.Reject(file).Text.ShouldBe("license verification failed: license file is invalid");
        LicenseReader.Verify(file, Golden.PublicKey).ShouldNotBeNull();
        LicenseReader.Inspect(file, Golden.LicenseKey, Golden.PublicKey, Golden.Now).ShouldEndWith("\n");
    }

    private static (int Start, int End) PayloadRange(byte[] file) =>
        (LicenseCertificate.Header.Length + 1, file.Length - LicenseCertificate.Footer.Length - 2);
}
