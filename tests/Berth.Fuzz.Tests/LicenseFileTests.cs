using System.Text;
using Berth.Fuzz.Tests.Chance;
using Berth.Fuzz.Tests.Families;
using Berth.Fuzz.Tests.Licenses;
using Berth.Licensing;

namespace Berth.Fuzz.Tests;

/// <summary>
/// Whatever a license file holds, it is refused in words, and never with an exception; nothing but what the vendor signed is
/// accepted.
/// </summary>
public sealed class LicenseFileTests
{
    private const int Rounds = 6_000;

    private static readonly string[] _names = ["data", "meta", "id", "type", "attributes", "key", "name", "expiry", "maxMachines", "issued", "ttl"];
    private static readonly string[] _algs =
        ["", "none", "null", "aes-256-gcm+rsa-sha256", "base64+ed25519", "AES-256-GCM+ED25519", "aes-256-gcm+ed25519 ", "aes-256-gcm", "ed25519", "hmac"];

    private readonly Campaign _campaign = Campaign.FromEnvironment();
    private readonly Dice _dice;
    private readonly Sample _good;

    public LicenseFileTests(ITestOutputHelper output)
    {
        output.WriteLine($"seed {_campaign.Seed}; again: {_campaign.Repeat}");
        _dice = new Dice(_campaign.Seed);
        _good = new Sample(_dice);
    }

    [Fact]
    public void The_whole_file_is_accepted() => _good.Read(_good.File).ShouldBeOfType<LicenseAccepted>(_campaign.Repeat);

    [Fact]
    public void A_file_cut_anywhere_is_refused_unless_only_its_end_line_is_cut()
    {
        for (var length = 0; length < _good.File.Length; length++)
        {
            Judge(_good.File[..length], $"the first {length} bytes");
            Judge(_good.File[length..], $"without the first {length} bytes");
        }
    }

    [Fact]
    public void A_file_with_any_bit_turned_is_refused_unless_it_says_the_same()
    {
        for (var bit = 0; bit < _good.File.Length * 8; bit++)
        {
            var file = _good.File.ToArray();
            file[bit / 8] ^= (byte)(1 << (bit % 8));
            Judge(file, $"bit {bit} turned");
        }
    }

    [Fact]
    public void Null_at_any_layer_is_refused()
    {
        string[] nulls = ["null", "[]", "{}", "0", "\"\"", "", "true", "\0"];
        foreach (var text in nulls)
        {
            Refused(LicenseIssuer.Wrap(Encoding.UTF8.GetBytes(text)), "as the certificate: " + text);
            Refused(_good.Seal(text), "as the document: " + text);
            Refused(_good.Sign(text, LicenseCertificate.EncryptedAlg), "as what is encrypted: " + text);
            foreach (var name in new[] { "data", "attributes", "meta" })
            {
                Refused(_good.Seal(_good.Payload.Replace($"\"{name}\":{{", $"\"{name}\":{(text.Length > 0 ? text : "null")},\"x\":{{", StringComparison.Ordinal)), $"{name}: {text}");
            }
        }
    }

    [Theory]
    [InlineData("\"id\"")]
    [InlineData("\"key\"")]
    [InlineData("\"issued\"")]
    [InlineData("\"type\"")]
    [InlineData("\"data\"")]
    [InlineData("\"meta\"")]
    public void A_document_that_lacks_what_it_needs_is_refused(string name) =>
        Refused(_good.Seal(_good.Payload.Replace(name, "\"gone\"", StringComparison.Ordinal)), name);

    [Fact]
    public void Other_keys_and_algorithms_open_nothing()
    {
        var other = new Sample(_dice);
        Refused(other.File, "another vendor's");
        foreach (var alg in _algs)
        {
            Refused(_good.Sign(LicenseCertificateEnc(), alg), alg);
        }

        for (var round = 0; round < 2_000; round++)
        {
            var key = round % 2 == 0 ? Convert.ToHexString(Sample.Bytes(_dice, 32)) : Mutations.Break(_good.PublicKey, _dice);
            var license = Mutations.Break(_good.Key, _dice);
            Told(() => LicenseReader.Read(_good.File, _good.Key, key, Sample.Now), _good.File, $"public key {key}", mayAccept: key.Trim().Equals(_good.PublicKey, StringComparison.OrdinalIgnoreCase));
            Told(() => LicenseReader.Read(_good.File, license, _good.PublicKey, Sample.Now), _good.File, $"license key {license}", mayAccept: license == _good.Key);
        }
    }

    [Fact]
    public void Expired_and_issued_in_the_future_are_told()
    {
        Reason(Sample.Now.AddDays(29).AddSeconds(1)).ShouldBe(LicenseRejection.Expired);
        Reason(DateTimeOffset.MaxValue).ShouldBe(LicenseRejection.Expired);
        Reason(Sample.Now.AddDays(-1).AddMinutes(-6)).ShouldBe(LicenseRejection.ClockOutOfSync);
        Reason(DateTimeOffset.MinValue).ShouldBe(LicenseRejection.ClockOutOfSync);
    }

    [Fact]
    public void Deep_and_huge_documents_are_refused()
    {
        foreach (var open in new[] { "[", "{\"a\":", "[{\"a\":" })
        {
            var deep = Json.Deep(open, 100_000);
            Refused(LicenseIssuer.Wrap(Encoding.UTF8.GetBytes(deep)), "a deep certificate");
            Refused(_good.Seal(deep), "a deep document");
            Refused(_good.Seal($"{{\"data\":{Json.Deep(open, 5_000)}}}"), "a deep part");
            Refused(Encoding.UTF8.GetBytes(deep), "a deep file");
        }

        for (var over = -200_000; over <= 200_000; over += 20_000)
        {
            Refused(new byte[LicenseReader.MaxFileBytes + over], "zeros");
            Refused(Sample.Bytes(_dice, LicenseReader.MaxFileBytes + over), "noise");
            Judge([.. _good.File, .. Enumerable.Repeat((byte)'\n', LicenseReader.MaxFileBytes + over)], "blanks behind");
            Refused(_good.Seal($"{{\"data\":\"{new string('x', 590_000 + over)}\"}}"), "a long text");
        }
    }

    [Fact]
    public void No_splice_of_bytes_or_JSON_is_accepted()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var text = Encoding.Latin1.GetString(_good.File);
            Judge(Encoding.Latin1.GetBytes(Mutations.Break(text, _dice)), $"splice {round}");
            var document = Mutations.Break(_good.Payload, _dice);
            Told(() => _good.Read(_good.Seal(document)), Encoding.UTF8.GetBytes(document), $"document {round}", mayAccept: true);
            Told(() => _good.Read(_good.Seal(Json.Next(_dice, _names))), [], $"JSON {round}", mayAccept: false);
            Told(() => _good.Read(LicenseIssuer.Wrap(Encoding.Latin1.GetBytes(Json.Next(_dice, ["enc", "sig", "alg"])))), [], $"certificate {round}", mayAccept: false);
            LicenseReader.Inspect(Encoding.Latin1.GetBytes(Mutations.Break(text, _dice)), _good.Key, _good.PublicKey, Sample.Now).ShouldEndWith("\n");
        }
    }

    private LicenseRejection Reason(DateTimeOffset now) =>
        LicenseReader.Read(_good.File, _good.Key, _good.PublicKey, now).ShouldBeOfType<LicenseRejected>(_campaign.Repeat).Reason;

    private string LicenseCertificateEnc()
    {
        LicenseCertificate.TryParse(_good.File, out var certificate, out _).ShouldBeTrue();
        return certificate!.Enc;
    }

    private void Refused(byte[] file, string what) => Told(() => _good.Read(file), file, what, mayAccept: false);

    /// <summary>Accepted only where it says the same: same text, signature and algorithm, whatever stands around them.</summary>
    private void Judge(byte[] file, string what)
    {
        var same = LicenseCertificate.TryParse(_good.File, out var before, out _) && LicenseCertificate.TryParse(file, out var after, out _) && before == after;
        Told(() => _good.Read(file), file, what, mayAccept: same);
    }

    private void Told(Func<LicenseReading> read, byte[] file, string what, bool mayAccept)
    {
        var flaw = "";
        try
        {
            var reading = read();
            flaw = reading is LicenseRejected refused ? (refused.Text.Length * refused.Detail.Length > 0 ? "" : "no text") : mayAccept ? "" : "accepted";
        }
        catch (Exception error)
        {
            flaw = error.ToString();
        }

        if (flaw.Length > 0)
        {
            Assert.Fail($"{what}: {flaw}\n{_campaign.Repeat}\nbase64: {Convert.ToBase64String(file.AsSpan(0, Math.Min(file.Length, 4_000)))}");
        }
    }
}
