using System.Security.Cryptography;
using System.Text;

namespace Berth.Licensing.Tests;

public sealed class LicenseIssuerTests
{
    private static readonly LicenseTemplate s_template = new() { Id = Golden.Id, Key = Golden.LicenseKey, Issued = Golden.Issued };

    [Fact]
    public void Golden_vector_comes_out_byte_for_byte()
    {
        LicenseIssuer.Encrypt(Encoding.UTF8.GetBytes(Golden.Plaintext), Golden.LicenseKey, Golden.Iv).ShouldBe(Golden.Enc);
        var file = LicenseIssuer.Issue(Encoding.UTF8.GetBytes(Golden.Plaintext), Golden.Seed, Golden.LicenseKey, Golden.Iv);
        Convert.ToHexStringLower(SHA256.HashData(file)).ShouldBe(Golden.Sha256);
        file.ShouldBe(Golden.File);
        file.Length.ShouldBe(646);
    }

    [Fact]
    public void Template_makes_the_golden_vector_too()
    {
        Encoding.UTF8.GetString(LicenseIssuer.Payload(s_template)).ShouldBe(Golden.Plaintext);
        LicenseIssuer.Issue(s_template, Golden.Seed, Golden.LicenseKey, Golden.Iv).ShouldBe(Golden.File);
    }

    [Fact]
    public void What_is_issued_is_read_back()
    {
        var template = new LicenseTemplate
        {
            Id = Golden.Id,
            Key = "clé+\"</>\\-🔑",
            Name = "Müller & Søn \"A\"\n",
            Expiry = new DateTimeOffset(2030, 6, 1, 2, 0, 0, 5, TimeSpan.FromHours(2)),
            Issued = Golden.Issued.AddTicks(12_345),
            Ttl = TimeSpan.FromDays(30),
            MaxMachines = 12,
        };
        var file = LicenseIssuer.Issue(template, Golden.Seed, template.Key);
        Golden.Read(file, template.Key).ShouldBe(new LicenseAccepted(new License
        {
            Id = template.Id,
            Key = template.Key,
            Name = template.Name,
            LicenseExpiry = new DateTimeOffset(2030, 6, 1, 0, 0, 0, 5, TimeSpan.Zero),
            FileIssued = Golden.Issued.AddMilliseconds(1),
            FileExpiry = Golden.Issued.AddMilliseconds(1).AddDays(30),
            FileTtl = TimeSpan.FromDays(30),
            MaxMachines = 12,
            FileSha256 = Convert.ToHexStringLower(SHA256.HashData(file)),
        }));
    }

    [Fact]
    public void Initialization_vector_is_new_each_time()
    {
        var first = LicenseIssuer.Issue(s_template, Golden.Seed, Golden.LicenseKey);
        LicenseIssuer.Issue(s_template, Golden.Seed, Golden.LicenseKey).ShouldNotBe(first);
    }

    [Fact]
    public void Lines_have_sixty_characters()
    {
        var lines = Encoding.ASCII.GetString(LicenseIssuer.Issue(s_template, Golden.Seed, Golden.LicenseKey)).Split('\n');
        lines[0].ShouldBe("-----BEGIN LICENSE FILE-----");
        lines[^2].ShouldBe("-----END LICENSE FILE-----");
        lines[^1].ShouldBeEmpty();
        lines[1..^3].ShouldAllBe(line => line.Length == 60);
        lines[^3].Length.ShouldBeInRange(1, 60);
    }

    public static TheoryData<LicenseTemplate> Unusable => new(
        s_template with { Id = "" },
        s_template with { Id = "license-1" },
        s_template with { Id = "{11111111-2222-4333-8444-555555555555}" },
        s_template with { Key = "" },
        s_template with { Key = " \t" },
        s_template with { Key = "\ud800" },
        s_template with { Key = "\udc00\ud800" },
        s_template with { Name = "a\ud800b" },
        s_template with { Ttl = TimeSpan.Zero },
        s_template with { Ttl = TimeSpan.FromSeconds(-1) },
        s_template with { Ttl = TimeSpan.FromMilliseconds(1500) },
        s_template with { Ttl = TimeSpan.FromDays(365 * 8000) },
        s_template with { MaxMachines = 0 },
        s_template with { MaxMachines = -1 },
        s_template with { Name = new string('a', LicenseReader.MaxFileBytes) });

    [Theory]
    [MemberData(nameof(Unusable))]
    public void Template_beyond_its_limits_is_refused(LicenseTemplate template) =>
        Should.Throw<ArgumentException>(() => LicenseIssuer.Issue(template, Golden.Seed, template.Key)).ParamName.ShouldBe("template");

    [Fact]
    public void Other_arguments_beyond_their_limits_are_refused()
    {
        Should.Throw<ArgumentException>(() => LicenseIssuer.Issue(s_template, Golden.Seed, "another")).ParamName.ShouldBe("licenseKey");
        Should.Throw<ArgumentException>(() => LicenseIssuer.Issue(s_template, new byte[31], Golden.LicenseKey)).ParamName.ShouldBe("seed");
        var iv = new byte[16];
        Should.Throw<ArgumentException>(() => LicenseIssuer.Issue(s_template, Golden.Seed, Golden.LicenseKey, iv)).ParamName.ShouldBe("iv");
    }

    [Fact]
    public void Template_does_not_show_its_key() => s_template.ToString().ShouldNotContain(Golden.LicenseKey);
}
