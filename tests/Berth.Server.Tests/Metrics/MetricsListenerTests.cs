using System.Net;
using Berth.Server.Metrics;
using Berth.Server.Tests.Management;
using Berth.Testing;
using Berth.Testing.Metrics;
using Berth.Testing.Processes;
using Berth.Testing.Tls;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Server.Tests.Metrics;

/// <summary>Who gets the metrics where.</summary>
public sealed class MetricsListenerTests
{
    private static readonly IPEndPoint _free = new(IPAddress.Loopback, 0);

    [Fact]
    public async Task The_listener_gives_metrics_to_anybody_and_nothing_else()
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        await using var listener = await StartAsync(member);
        var answer = await AskAsync(listener, "GET /metrics");
        answer.Status.ShouldBe(200);
        answer["Content-Type"].ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        answer["Cache-Control"].ShouldBe("no-store");
        ScrapedMetrics.Parse(answer.Text)["berth_pool_seats", ("pool", "-"), ("state", "free")].ShouldBe(1);
        var head = await AskAsync(listener, "HEAD /metrics");
        (head.Status, head.Text, head["Content-Type"]).ShouldBe((200, "", answer["Content-Type"]));
    }

    [Theory]
    [InlineData("GET /")]
    [InlineData("GET /metrics/")]
    [InlineData("GET /METRICS")]
    [InlineData("GET /admin/server")]
    [InlineData("GET /readyz")]
    [InlineData("PUT /v1/nodes/a")]
    [InlineData("POST /metrics")]
    [InlineData("DELETE /metrics")]
    [InlineData("OPTIONS /metrics")]
    public async Task Anything_else_is_not_there(string request)
    {
        await using var member = await TestMember.WithSeatsAsync(1);
        await using var listener = await StartAsync(member);
        var answer = await AskAsync(listener, request);
        (answer.Status, answer.Text).ShouldBe((404, ""));
        answer.Names.ShouldNotContain("Server");
    }

    [Fact]
    public async Task A_query_changes_nothing()
    {
        await using var member = await TestMember.StartAsync();
        await using var listener = await StartAsync(member);
        (await AskAsync(listener, "GET /metrics?name%5B%5D=x")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_so()
    {
        await using var member = await TestMember.StartAsync();
        await using var listener = await StartAsync(member);
        var taken = new IPEndPoint(IPAddress.Loopback, listener.Address.Port);
        var failure = await Should.ThrowAsync<MetricsListenerException>(
            async () => await MetricsListener.StartAsync(taken, member.Member, TimeProvider.System, NullLoggerFactory.Instance));
        failure.Message.ShouldContain($"--metrics-bind {taken}");
    }

    [Fact]
    public async Task A_member_with_a_certificate_shows_it_here_too()
    {
        using var folder = new TestFolder();
        using var authority = new TestAuthority();
        authority.IssueTo(folder.File("crt"), folder.File("key"), "berth");
        await using var member = await TestMember.StartAsync(
            TestMember.Options with { TlsCertificate = folder.File("crt"), TlsKey = folder.File("key") });
        await using var listener = await StartAsync(member);
        listener.Address.Scheme.ShouldBe("https");
        using var http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null },
        });
        ScrapedMetrics.Parse(await http.GetStringAsync(listener.Address)).Families.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("viewer", 200)]
    [InlineData("admin", 200)]
    [InlineData(null, 401)]
    public async Task On_the_management_port_they_need_the_role_that_looking_needs(string? role, int status)
    {
        await using var rig = await ManagementRig.StartAsync(withTokens: true);
        var answer = role is null ? await rig.AskAsync("GET", "/metrics", "") : await rig.AskAsAsync(role, "GET", "/metrics", "");
        answer.Status.ShouldBe(status);
        if (status == 200)
        {
            answer["Content-Type"].ShouldBe("text/plain; version=0.0.4; charset=utf-8");
            ScrapedMetrics.Parse(answer.Text)["berth_pools", ("state", "open")].ShouldBe(1);
        }
    }

    [Fact]
    public async Task Without_tokens_whoever_is_on_the_machine_may_look()
    {
        await using var rig = await ManagementRig.StartAsync(withTokens: false);
        (await rig.AskAsync("GET", "/metrics", "")).Status.ShouldBe(200);
        (await rig.AskAsync("GET", "/metrics", "", "Host: other.example")).Status.ShouldBe(403);
        (await rig.AskAsync("POST", "/metrics", "")).Status.ShouldBe(401);
    }

    private static Task<MetricsListener> StartAsync(TestMember member) =>
        MetricsListener.StartAsync(_free, member.Member, TimeProvider.System, NullLoggerFactory.Instance);

    private static Task<RawAnswer> AskAsync(MetricsListener listener, string request) =>
        RawHttp.AskAsync(listener.Address.Port, $"{request} HTTP/1.1\r\nHost: {listener.Address.Authority}\r\nConnection: close\r\n\r\n");
}
