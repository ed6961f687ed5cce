using Berth.Server.Http;

namespace Berth.Server.Tests.Http;

/// <summary>What a raw target under <c>/v2</c> names.</summary>
public sealed class NativeTargetTests
{
    private static readonly string Bytes128 = new('p', 128);
    private static readonly string Bytes512 = new('f', 512);

    public static TheoryData<string, string, string> Claims => new()
    {
        { "/v2/pools/-/claims/a", "-", "a" },
        { "/v2/pools/%2D/claims/a", "-", "a" },
        { "/v2/pools/blue/claims/a?x=/y", "blue", "a" },
        { "/v2/pools/a+b%2Bc/claims/%41%25", "a+b+c", "A%" },
        { "/v2/pools/b%C3%A9%20c/claims/%E2%80%A8", "b\u00e9 c", "\u2028" },
        { "/v2/pools/a,b/claims/claims", "a,b", "claims" },
        { "/v2/pools/claims/claims/...", "claims", "..." },
        { "http://berth/v2/pools/-/claims/a", "-", "a" },
        { $"/v2/pools/{Bytes128}/claims/{Bytes512}", Bytes128, Bytes512 },
        { "/v2/pools/" + string.Concat(Enumerable.Repeat("%70", 128)) + "/claims/a", Bytes128, "a" },
        { "/v2/pools/-/claims/" + string.Concat(Enumerable.Repeat("%66", 512)), "-", Bytes512 },
    };

    [Theory]
    [MemberData(nameof(Claims))]
    public void A_claim_is_named_by_decoded_texts(string target, string pool, string fingerprint)
    {
        RequestTarget.Parse(target).Kind.ShouldBe(TargetKind.Native);
        NativeTarget.Parse(target).ShouldBe(new NativeTarget(true, new(pool), fingerprint));
    }

    public static TheoryData<string> NoNames => new(
        "%2F", "a%2fb", ".", "..", "%2E", "%2e%2E", "%00", "a%0Ab", "%7f", "%C2%80", "%ff", "%C3", "%ED%A0%80", "%", "a%4", "%zz");

    [Theory]
    [MemberData(nameof(NoNames))]
    public void What_is_no_name_is_refused_and_is_no_other_path(string segment)
    {
        NativeTarget.Parse($"/v2/pools/{segment}/claims/a").ShouldBe(new NativeTarget(true, null, "a"));
        NativeTarget.Parse($"/v2/pools/-/claims/{segment}").ShouldBe(new NativeTarget(true, new("-"), null));
    }

    [Fact]
    public void Names_have_their_limits()
    {
        NativeTarget.Parse($"/v2/pools/{Bytes128}p/claims/{Bytes512}f").ShouldBe(new NativeTarget(true, null, null));
        NativeTarget.Parse("/v2/pools/" + string.Concat(Enumerable.Repeat("%70", 129)) + "/claims/a").Pool.ShouldBeNull();
        NativeTarget.Parse("/v2/pools/" + string.Concat(Enumerable.Repeat("%C3%A9", 65)) + "/claims/a").Pool.ShouldBeNull();
    }

    [Theory]
    [InlineData("/v2")]
    [InlineData("/v2/")]
    [InlineData("/v2?x")]
    [InlineData("/v2/pools")]
    [InlineData("/v2/pools/-")]
    [InlineData("/v2/pools/-/claims")]
    [InlineData("/v2/pools/-/claims/")]
    [InlineData("/v2/pools//claims/a")]
    [InlineData("/v2/pools/-/claims/a/")]
    [InlineData("/v2/pools/-/claims/a/b")]
    [InlineData("/v2/pools/-/Claims/a")]
    [InlineData("/v2/Pools/-/claims/a")]
    [InlineData("/v2/nodes/a")]
    [InlineData("/v2/pools/../pools/-/claims/a")]
    public void Other_paths_name_no_claim(string target)
    {
        RequestTarget.Parse(target).Kind.ShouldBe(TargetKind.Native);
        NativeTarget.Parse(target).IsClaim.ShouldBeFalse();
    }

    [Theory]
    [InlineData("/v2pools")]
    [InlineData("/V2/pools/-/claims/a")]
    [InlineData("//v2/pools/-/claims/a")]
    [InlineData("/v1/v2/pools/-/claims/a")]
    public void What_is_not_under_v2_is_not_native(string target) => RequestTarget.Parse(target).Kind.ShouldBe(TargetKind.Other);
}
