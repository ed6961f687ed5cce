using Berth.Server.Http;

namespace Berth.Server.Tests.Http;

/// <summary>What a raw target names.</summary>
public sealed class RequestTargetTests
{
    private static readonly string Bytes512 = new('x', 512);

    public static TheoryData<string, string> Fingerprints => new()
    {
        { "/v1/nodes/a", "a" },
        { "/v1/nodes/A", "A" },
        { "/v1/nodes/%41", "A" },
        { "/v1/nodes/%2541", "%41" },
        { "/v1/nodes/%25", "%" },
        { "/v1/nodes/a+b", "a+b" },
        { "/v1/nodes/a%2Bb", "a+b" },
        { "/v1/nodes/a%20b", "a b" },
        { "/v1/nodes/%c3%A9", "\u00e9" },
        { "/v1/nodes/%E2%80%A8", "\u2028" },
        { "/v1/nodes/%F0%9F%98%80", "\U0001F600" },
        { "/v1/nodes/...", "..." },
        { "/v1/nodes/a#b", "a#b" },
        { "/v1/nodes/a;b=c,d:e@f!$&'()*", "a;b=c,d:e@f!$&'()*" },
        { "/v1/nodes/a%3Fb", "a?b" },
        { "/v1/nodes/a?b=c/d", "a" },
        { "/v1/nodes/a?", "a" },
        { "/v1/nodes/a?%zz%00", "a" },
        { "http://berth/v1/nodes/a", "a" },
        { "HTTPS://user@berth:1/v1/nodes/a?x=/y", "a" },
        { "/v1/nodes/" + Bytes512, Bytes512 },
        { "/v1/nodes/" + string.Concat(Enumerable.Repeat("%C3%A9", 256)), new string('\u00e9', 256) },
        { "/v1/nodes/" + string.Concat(Enumerable.Repeat("%78", 512)), Bytes512 },
    };

    public static TheoryData<string> NoFingerprints => new(
        "%00",
        "a%00b",
        "%01",
        "%0a",
        "%0D%0A",
        "%1F",
        "%7f",
        "%C2%80",
        "%C2%9F",
        "%ff",
        "%C3",
        "%C3%28",
        "%C0%AF",
        "%C1%81",
        "%ED%A0%80",
        "%F4%90%80%80",
        "a%",
        "%",
        "a%4",
        "%4g",
        "%g4",
        "%%41",
        "% 41",
        "%+1",
        "%-1",
        "%u0041",
        new string('x', 513),
        string.Concat(Enumerable.Repeat("%78", 513)),
        new string('x', 511) + "%C3%A9");

    [Theory]
    [MemberData(nameof(Fingerprints))]
    public void A_fingerprint_is_the_decoded_segment(string raw, string fingerprint)
    {
        var target = RequestTarget.Parse(raw);
        target.Kind.ShouldBe(TargetKind.Node);
        target.Fingerprint.ShouldBe(fingerprint);
    }

    [Theory]
    [MemberData(nameof(NoFingerprints))]
    public void What_is_not_text_of_1_to_512_bytes_is_no_fingerprint(string segment)
    {
        var target = RequestTarget.Parse("/v1/nodes/" + segment);
        target.Kind.ShouldBe(TargetKind.Node);
        target.Fingerprint.ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("berth:443")]
    [InlineData("v1/nodes/a")]
    [InlineData("/v1/nodes/")]
    [InlineData("/v1/nodes/?a")]
    [InlineData("/v1/nodes/a/")]
    [InlineData("/v1/nodes//")]
    [InlineData("/v1/nodes/a%2Fb")]
    [InlineData("/v1/nodes/%2e")]
    [InlineData("/v1/nodes/.%2E")]
    [InlineData("http://berth")]
    [InlineData("http://berth?/v1/nodes/a")]
    [InlineData("http://berth?x=://y/v1/nodes/a")]
    [InlineData("/x?://y/v1/nodes/a")]
    [InlineData("/v1/health/x")]
    public void Anything_else_names_nothing(string raw) => RequestTarget.Parse(raw).Kind.ShouldBe(TargetKind.Other);

    [Fact]
    public void Health_and_probes_are_known()
    {
        RequestTarget.Parse("/v1/health").Kind.ShouldBe(TargetKind.Health);
        RequestTarget.Parse("/livez?x").Kind.ShouldBe(TargetKind.Live);
        RequestTarget.Parse("http://berth/readyz").Kind.ShouldBe(TargetKind.Ready);
    }

    [Fact]
    public void Different_bytes_are_never_one_fingerprint()
    {
        var random = new Random(20_250_117);
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(1, 4)];
            random.NextBytes(bytes);
            var raw = string.Concat(bytes.Select(b => char.IsAsciiLetterOrDigit((char)b) ? ((char)b).ToString() : $"%{b:X2}"));
            if (RequestTarget.Parse("/v1/nodes/" + raw).Fingerprint is { } fingerprint)
            {
                seen.TryAdd(fingerprint, raw);
                seen[fingerprint].ShouldBe(raw);
            }
        }

        seen.Count.ShouldBeGreaterThan(1_000);
    }
}
