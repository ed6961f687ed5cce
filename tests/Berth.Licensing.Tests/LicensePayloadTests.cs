using System.Text;

namespace Berth.Licensing.Tests;

/// <summary>Genuinely signed files that say nonsense: each is refused, and none as something else.</summary>
public sealed class LicensePayloadTests
{
    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("{\"meta\":META}")]
    [InlineData("{\"data\":null,\"meta\":META}")]
    [InlineData("{\"data\":[],\"meta\":META}")]
    [InlineData("{\"data\":{},\"meta\":META}")]
    [InlineData("{\"data\":{\"type\":\"licenses\",\"attributes\":{\"key\":\"k\"}},\"meta\":META}")]
    [InlineData("{\"data\":{\"id\":\"\",\"type\":\"licenses\",\"attributes\":{\"key\":\"k\"}},\"meta\":META}")]
    [InlineData("{\"data\":{\"id\":\" \",\"type\":\"licenses\",\"attributes\":{\"key\":\"k\"}},\"meta\":META}")]
    [InlineData("{\"data\":{\"id\":7,\"type\":\"licenses\",\"attributes\":{\"key\":\"k\"}},\"meta\":META}")]
    [InlineData("{\"data\":{\"id\":\"a\",\"attributes\":{\"key\":\"k\"}},\"meta\":META}")]
    [InlineData("{\"data\":{\"id\":\"a\",\"type\":\"machines\",\"attributes\":{\"key\":\"k\"}},\"meta\":META}")]
    [InlineData("{\"data\":{\"id\":\"a\",\"type\":\"Licenses\",\"attributes\":{\"key\":\"k\"}},\"meta\":META}")]
    [InlineData("{\"data\":{\"id\":\"a\",\"type\":1,\"attributes\":{\"key\":\"k\"}},\"meta\":META}")]
    [InlineData("{\"data\":{\"id\":\"a\",\"type\":\"licenses\"},\"meta\":META}")]
    [InlineData("{\"data\":{\"id\":\"a\",\"type\":\"licenses\",\"attributes\":{}},\"meta\":META}")]
    [InlineData("{\"data\":{\"id\":\"a\",\"type\":\"licenses\",\"attributes\":{\"key\":null}},\"meta\":META}")]
    [InlineData("{\"data\":{\"id\":\"a\",\"type\":\"licenses\",\"attributes\":{\"key\":\"\"}},\"meta\":META}")]
    [InlineData("{\"data\":{\"id\":\"a\",\"type\":\"licenses\",\"attributes\":{\"key\":[]}},\"meta\":META}")]
    [InlineData("{\"data\":{\"id\":\"a\",\"type\":\"licenses\",\"attributes\":{\"key\":\"\\udc00\"}},\"meta\":META}")]
    [InlineData("{\"data\":{\"id\":\"a\",\"id\":\"b\",\"type\":\"licenses\",\"attributes\":{\"key\":\"k\"}},\"meta\":META}")]
    [InlineData("{\"data\":DATA}")]
    [InlineData("{\"data\":DATA,\"meta\":null}")]
    [InlineData("{\"data\":DATA,\"meta\":\"x\"}")]
    public void Missing_or_wrong_parts_are_refused(string payload)
    {
        var file = Golden.Signed(payload.Replace("META", Golden.Meta).Replace("DATA", Golden.Data));
        LicenseReader.Verify(file, Golden.PublicKey).ShouldBeNull();
        Golden.Reject(file).Reason.ShouldBe(LicenseRejection.ContentsInvalid);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"issued\":null,\"expiry\":null,\"ttl\":null}")]
    [InlineData("{\"issued\":1767225600,\"expiry\":null,\"ttl\":null}")]
    [InlineData("{\"issued\":\"yesterday\",\"expiry\":null,\"ttl\":null}")]
    [InlineData("{\"issued\":\"\",\"expiry\":null,\"ttl\":null}")]
    [InlineData("{\"issued\":\"2026-01-01\",\"expiry\":null,\"ttl\":null}")]
    [InlineData("{\"issued\":\"2026-01-01T00:00:00\",\"expiry\":null,\"ttl\":null}")]
    [InlineData("{\"issued\":\"2026-01-01T00:00:00.000000\",\"expiry\":null,\"ttl\":null}")]
    [InlineData("{\"issued\":\"2026-02-30T00:00:00Z\",\"expiry\":null,\"ttl\":null}")]
    [InlineData("{\"issued\":\"2026-01-01T00:00:00Z\",\"expiry\":\"soon\",\"ttl\":null}")]
    [InlineData("{\"issued\":\"2026-01-01T00:00:00Z\",\"expiry\":0,\"ttl\":null}")]
    [InlineData("{\"issued\":\"2026-01-01T00:00:00Z\",\"expiry\":null,\"ttl\":3600}")]
    [InlineData("{\"issued\":\"2026-01-01T00:00:00Z\",\"expiry\":\"2027-01-01T00:00:00Z\",\"ttl\":-1}")]
    [InlineData("{\"issued\":\"2026-01-01T00:00:00Z\",\"expiry\":\"2027-01-01T00:00:00Z\",\"ttl\":\"3600\"}")]
    [InlineData("{\"issued\":\"2026-01-01T00:00:00Z\",\"expiry\":\"2027-01-01T00:00:00Z\",\"ttl\":3600.5}")]
    [InlineData("{\"issued\":\"2026-01-01T00:00:00Z\",\"expiry\":\"2027-01-01T00:00:00Z\",\"ttl\":922337203686}")]
    [InlineData("{\"issued\":\"2026-01-01T00:00:00Z\",\"expiry\":\"2027-01-01T00:00:00Z\",\"ttl\":1e99}")]
    [InlineData("{\"issued\":\"2026-01-01T00:00:00Z\",\"expiry\":\"2027-01-01T00:00:00Z\",\"ttl\":false}")]
    public void Unreadable_meta_is_refused(string meta) =>
        Golden.Reject(Golden.WithMeta(meta)).Reason.ShouldBe(LicenseRejection.ContentsInvalid);

    [Theory]
    [InlineData("2026-01-01T00:00:00Z")]
    [InlineData("2026-01-01T01:00:00+01:00")]
    [InlineData("2025-12-31T19:00:00.000-05:00")]
    [InlineData("2026-01-01T00:00:00.000000000Z")]
    public void Time_may_have_any_offset_and_precision(string issued) =>
        Golden.Accept(Golden.WithMeta($$"""{"issued":"{{issued}}"}""")).FileIssued.ShouldBe(Golden.Issued);

    [Theory]
    [InlineData("\"expiry\":\"never\"")]
    [InlineData("\"expiry\":5")]
    [InlineData("\"name\":{}")]
    [InlineData("\"maxMachines\":\"3\"")]
    [InlineData("\"maxMachines\":-1")]
    [InlineData("\"maxMachines\":2147483648")]
    [InlineData("\"maxMachines\":1.5")]
    public void Unreadable_attribute_is_refused(string attribute) =>
        Golden.Reject(Golden.WithAttributes(attribute)).Reason.ShouldBe(LicenseRejection.ContentsInvalid);

    [Theory]
    [InlineData("\"maxMachines\":null", null)]
    [InlineData("\"maxMachines\":0", 0)]
    [InlineData("\"maxMachines\":2147483647", int.MaxValue)]
    public void Machines_are_read_as_signed(string attribute, int? machines) =>
        Golden.Accept(Golden.WithAttributes(attribute)).MaxMachines.ShouldBe(machines);

    [Fact]
    public void Contents_that_are_not_utf8_are_refused()
    {
        var payload = Encoding.Latin1.GetBytes(Golden.Plaintext.Replace("\"key\"", "\"status\":\"é\",\"key\""));
        Golden.Reject(Golden.Signed(payload)).Reason.ShouldBe(LicenseRejection.ContentsInvalid);
    }

    [Fact]
    public void Damaged_contents_under_a_genuine_signature_never_throw()
    {
        var random = new Random(20260101);
        var genuine = Encoding.UTF8.GetBytes(Golden.Plaintext);
        for (var round = 0; round < 20_000; round++)
        {
            var damaged = (byte[])genuine.Clone();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                damaged[random.Next(damaged.Length)] = (byte)"\"{}[]:,\\u0e-+nT Z\xff"[random.Next(18)];
            }

            var kept = damaged.AsMemory(0, random.Next(damaged.Length / 2, damaged.Length + 1));
            LicenseDecryptor.Judge(kept, Golden.Sha256, Golden.Now).ShouldNotBeNull();
        }
    }
}
