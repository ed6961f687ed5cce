using System.Text;
using Berth.Fuzz.Tests.Chance;
using Berth.Licensing;

namespace Berth.Fuzz.Tests.Licenses;

/// <summary>A good license file with all that is needed to read it, and the means to make others of its vendor.</summary>
internal sealed class Sample
{
    public static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly VendorKey _vendor;

    public Sample(Dice dice)
    {
        VendorKey.TryParse(Convert.ToHexString(Bytes(dice, 32)), out var vendor).ShouldBeTrue();
        _vendor = vendor;
        Key = "KEY-" + dice.Word(20);
        Payload = Encoding.UTF8.GetString(LicenseIssuer.Payload(Template(dice)));
        File = Seal(Payload);
    }

    public string Key { get; }

    public string PublicKey => _vendor.PublicKeyHex;

    /// <summary>The document inside.</summary>
    public string Payload { get; }

    public byte[] File { get; }

    public static byte[] Bytes(Dice dice, int count) => Encoding.Latin1.GetBytes(dice.Bytes(count));

    /// <summary>A document, well-formed or not, encrypted and signed as it should be.</summary>
    public byte[] Seal(string payload) => LicenseIssuer.Issue(Encoding.UTF8.GetBytes(payload), _vendor.Seed, Key, new byte[12]);

    /// <summary>Any text, signed by the vendor.</summary>
    public byte[] Sign(string enc, string alg) => LicenseIssuer.Seal(enc, alg, _vendor.Seed);

    public LicenseReading Read(ReadOnlySpan<byte> file) => LicenseReader.Read(file, Key, PublicKey, Now);

    private LicenseTemplate Template(Dice dice) => new()
    {
        Id = new Guid(Bytes(dice, 16)).ToString("D"),
        Key = Key,
        Issued = Now.AddDays(-1),
        Expiry = Now.AddYears(1),
        Ttl = TimeSpan.FromDays(30),
        MaxMachines = 5,
    };
}
