using Berth.Testing;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Http;

/// <summary>What is no call of the API: 404 and 405 as Relay's router gives them.</summary>
public sealed class BareAnswerTests
{
    private static readonly MemberOptions Signed = TestMember.Options with { SigningSecret = "hunter2" };

    [Theory]
    [InlineData("/")]
    [InlineData("/v1")]
    [InlineData("/v1/")]
    [InlineData("/v1/nodes")]
    [InlineData("/v1/nodes/")]
    [InlineData("/v1/nodes/?a")]
    [InlineData("/v1/nodes/a/")]
    [InlineData("/v1/nodes/a/b")]
    [InlineData("/v1/nodes/a%2Fb")]
    [InlineData("/v1/nodes/a%2f")]
    [InlineData("/v1/nodes/%2F")]
    [InlineData("//v1/nodes/a")]
    [InlineData("/v1//nodes/a")]
    [InlineData("/v1/nodes//a")]
    [InlineData("/v1/./nodes/a")]
    [InlineData("/v1/x/../nodes/a")]
    [InlineData("/v1/nodes/.")]
    [InlineData("/v1/nodes/..")]
    [InlineData("/v1/nodes/%2e%2E")]
    [InlineData("/v1/nodes/b/../a")]
    [InlineData("/V1/nodes/a")]
    [InlineData("/v1/Nodes/a")]
    [InlineData("/v1/health/")]
    [InlineData("/v2x/pools/x/claims/a")]
    [InlineData("http://berth?/v1/nodes/a")]
    [InlineData("http://berth")]
    public async Task A_path_that_is_not_there_is_404(string target)
    {
        await using var member = await TestMember.WithSeatsAsync(1, Signed);
        foreach (var method in new[] { "PUT", "DELETE", "GET", "PATCH" })
        {
            var answer = await member.AskAsync(Request(method, target));
            answer.ShouldBe(404, "404 page not found\n");
            answer.Names.ShouldBe(["Content-Length", "Content-Type", "X-Content-Type-Options"]);
            answer["Content-Type"].ShouldBe("text/plain; charset=utf-8");
            answer["X-Content-Type-Options"].ShouldBe("nosniff");
        }
    }

    [Theory]
    [InlineData("GET", "/v1/nodes/a")]
    [InlineData("HEAD", "/v1/nodes/a")]
    [InlineData("POST", "/v1/nodes/a")]
    [InlineData("PATCH", "/v1/nodes/a")]
    [InlineData("OPTIONS", "/v1/nodes/a")]
    [InlineData("TRACE", "/v1/nodes/a")]
    [InlineData("put", "/v1/nodes/a")]
    [InlineData("Delete", "/v1/nodes/a")]
    [InlineData("PUTS", "/v1/nodes/a")]
    [InlineData("GET", "/v1/nodes/%01")]
    [InlineData("POST", "/v1/health")]
    [InlineData("HEAD", "/v1/health")]
    [InlineData("PUT", "/v1/health")]
    [InlineData("get", "/v1/health")]
    [InlineData("POST", "/livez")]
    [InlineData("head", "/readyz")]
    public async Task A_method_that_the_path_does_not_take_is_405(string method, string target)
    {
        await using var member = await TestMember.WithSeatsAsync(1, Signed);
        var answer = await member.AskAsync(Request(method, target));
        answer.ShouldBe(405, "");
        answer.Names.ShouldBe(["Content-Length"]);
        answer["Content-Length"].ShouldBe("0");
    }

    [Fact]
    public async Task HEAD_of_a_path_that_is_not_there_has_the_headers_and_no_body()
    {
        await using var member = await TestMember.StartAsync();
        await using var connection = await RawHttp.ConnectAsync(member.Port);
        var answer = await connection.AskAsync(Request("HEAD", "/gone"));
        answer.Status.ShouldBe(404);
        answer["Content-Length"].ShouldBe("19");
        (await connection.AskAsync(Request("head", "/gone"))).ShouldBe(404, "404 page not found\n");
    }

    [Theory]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: berth\r\n\r\n", 404)]
    [InlineData("CONNECT berth:443 HTTP/1.1\r\nHost: berth:443\r\n\r\n", 404)]
    [InlineData("PUT /v1/nodes/a HTTP/1.1\r\n\r\n", 400)]
    [InlineData("PUT /v1/nodes/a b HTTP/1.1\r\nHost: berth\r\n\r\n", 400)]
    [InlineData("PUT /v1/nodes/\u00e9 HTTP/1.1\r\nHost: berth\r\n\r\n", 400)]
    [InlineData("PUT /v1/nodes/a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400)]
    [InlineData("PUT v1/nodes/a HTTP/1.1\r\nHost: berth\r\n\r\n", 400)]
    [InlineData("PUT /v1/nodes/a HTTP/1.1\r\nHost: berth\r\nRelay-Pool : x\r\n\r\n", 400)]
    [InlineData("PUT /v1/nodes/a HTTP/1.1\r\nHost: berth\r\nRelay-Pool: a\0b\r\n\r\n", 400)]
    [InlineData("PUT /v1/nodes/a HTTP/1.1\r\nHost: berth\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400)]
    [InlineData("PUT /v1/nodes/a HTTP/1.1\r\nHost: berth\r\nContent-Length: -1\r\n\r\n", 400)]
    [InlineData("PUT /v1/nodes/a HTTP/1.1\r\nHost: berth\r\nTransfer-Encoding: gzip\r\n\r\n", 400)]
    [InlineData("P\u00dcT /v1/nodes/a HTTP/1.1\r\nHost: berth\r\n\r\n", 400)]
    [InlineData("PUT /v1/nodes/a HTTP/2.0\r\nHost: berth\r\n\r\n", 400)]
    [InlineData("HEAD /readyz HTTP/9.9\r\nHost: berth\r\n\r\n", 400)]
    [InlineData("\u0016\u0003\u0001\u0002\r\n\r\n", 400)]
    public async Task What_is_no_request_for_a_path_is_refused(string request, int status)
    {
        await using var member = await TestMember.WithSeatsAsync(1, Signed);
        var answer = await member.AskAsync(request);
        answer.Status.ShouldBe(status);
        answer.Names.ShouldNotContain("Relay-Clock");
        answer.Names.ShouldNotContain("Server");
        (await member.StatusAsync(Put("a"))).ShouldBe(201);
    }
}
