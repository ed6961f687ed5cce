using System.Net.Sockets;
using System.Text;
using Berth.Protocol;
using Berth.Server.Management;
using Berth.Testing.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Server.Tests.Management;

/// <summary>The same through the socket, and what strangers may send there.</summary>
public sealed class ManagementListenerTests : AdministrationSuite
{
    private readonly TestFolder _folder = new();
    private ManagementListener _listener = null!;
    private ManagementClient _client = null!;

    private protected override IAdministration Asked => _client;

    private string Socket => _folder.File("x.sock");

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _listener = await ManagementListener.StartAsync(Inside, Socket, NullLoggerFactory.Instance);
        _client = new ManagementClient(Socket, TimeProvider.System);
    }

    public override async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _listener.DisposeAsync();
        File.Exists(Socket).ShouldBeFalse();
        _folder.Dispose();
        await base.DisposeAsync();
    }

    [Fact]
    public void Only_its_owner_may_connect() =>
        new FileInfo(Socket).UnixFileMode.ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

    [Fact]
    public async Task The_socket_of_a_member_that_listens_is_not_taken_over()
    {
        var refusal = await ManagementListener.StartAsync(Inside, Socket, NullLoggerFactory.Instance).ShouldThrowAsync<IOException>();
        refusal.Message.ShouldContain("belongs to another member");
        (await _client.DescribeServerAsync(CancellationToken.None)).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("GET", "/admin/nothing", "", 404)]
    [InlineData("PATCH", "/admin/licenses", "", 405)]
    [InlineData("POST", "/admin/licenses", "", 400)]
    [InlineData("POST", "/admin/licenses", "null", 400)]
    [InlineData("POST", "/admin/licenses", "[]", 400)]
    [InlineData("POST", "/admin/licenses", "{\"licenses\":\"x\"}", 400)]
    [InlineData("POST", "/admin/licenses", "{\"licenses\":[{\"file\":\"***\",\"key\":\"k\"}]}", 400)]
    [InlineData("POST", "/admin/licenses", "{\"licenses\":[{\"key\":7}]}", 400)]
    [InlineData("PUT", "/admin/pool/exception?pool=-", "{\"ttlMs\":1e99}", 400)]
    [InlineData("PUT", "/admin/pool/exception", "{}", 400)]
    [InlineData("GET", "/admin/pool", "", 400)]
    [InlineData("GET", "/admin/license?id=%ff%fe%00", "", 404)]
    [InlineData("GET", "/admin/licenses?limit=1001", "", 400)]
    [InlineData("GET", "/admin/licenses?limit=x", "", 400)]
    [InlineData("GET", "/admin/licenses?next=-9:a", "", 400)]
    [InlineData("DELETE", "/admin/license?id=", "", 404)]
    [InlineData("POST", "/admin/holder/release?pool=-", "{}", 400)]
    [InlineData("POST", "/admin/holder/release?pool=-&fingerprint=a", "{\"coolDownMs\":\"x\"}", 400)]
    [InlineData("GET", "/admin/holder", "", 400)]
    [InlineData("PUT", "/admin/policy", "{}", 400)]
    [InlineData("GET", "/admin/denials?limit=0", "", 400)]
    public async Task Whatever_is_sent_is_answered_with_a_problem(string method, string target, string body, int status)
    {
        var (head, content) = await SendAsync($"{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        head.ShouldStartWith($"HTTP/1.1 {status} ");
        head.ShouldContain("Content-Type: application/problem+json");
        content.ShouldContain("\"type\":\"urn:berth:problem:");
    }

    [Fact]
    public async Task Too_large_a_body_is_refused_before_it_is_sent()
    {
        var (head, content) = await SendAsync("POST /admin/licenses HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 40000000\r\n\r\n");
        head.ShouldStartWith("HTTP/1.1 413 ");
        content.ShouldContain(ProblemCodes.TooLarge);
    }

    [Fact]
    public async Task Nobody_on_the_socket_is_said_so()
    {
        using var client = new ManagementClient(_folder.File("none.sock"), TimeProvider.System);
        await Should.ThrowAsync<ManagementUnreachableException>(async () => await client.DescribeServerAsync(default));
        await Should.ThrowAsync<ManagementUnreachableException>(async () => await client.RemoveLicenseAsync("x", default));
    }

    [Fact]
    public async Task What_is_no_socket_is_left_alone()
    {
        await File.WriteAllTextAsync(_folder.File("file"), "precious");
        await Should.ThrowAsync<IOException>(() => ManagementListener.StartAsync(Inside, _folder.File("file"), NullLoggerFactory.Instance));
        (await File.ReadAllTextAsync(_folder.File("file"))).ShouldBe("precious");
    }

    [Fact]
    public async Task Too_long_a_path_has_its_own_words_and_the_default_avoids_it()
    {
        var database = _folder.File(new string('x', 120));
        (await Should.ThrowAsync<IOException>(() => ManagementListener.StartAsync(Inside, database + ".sock", NullLoggerFactory.Instance)))
            .Message.ShouldContain("--socket");
        Encoding.UTF8.GetByteCount(ManagementListener.SocketFor(database)).ShouldBeLessThan(100);
        ManagementListener.SocketFor("/a/b.sqlite").ShouldBe("/a/b.sqlite.sock");
    }

    [Fact]
    public async Task A_problem_has_a_title_and_names_its_pool()
    {
        var (_, content) = await SendAsync("GET /admin/holders?pool=x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        content.ShouldContain("\"title\":\"No pool has this name\"");
        content.ShouldContain("\"pool\":\"x\"");
    }

    [Fact]
    public async Task The_description_is_sent_once()
    {
        var (head, content) = await SendAsync("GET /openapi/v1.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        head.ShouldStartWith("HTTP/1.1 200 ");
        content.ShouldContain("\"/admin/holders\"");
        var tag = head.Split("\r\n").Single(line => line.StartsWith("ETag: ", StringComparison.Ordinal))["ETag: ".Length..];
        (head, content) = await SendAsync($"GET /openapi/v1.json HTTP/1.1\r\nHost: x\r\nIf-None-Match: {tag}\r\nConnection: close\r\n\r\n");
        head.ShouldStartWith("HTTP/1.1 304 ");
        content.ShouldBeEmpty();
    }

    [Fact]
    public async Task Denials_come_as_a_table_with_a_link_to_the_next_page()
    {
        await Journal.RecordDenialsAsync([new(Berth.Pools.PoolName.Global, "all-held", new("=a,b"), 2, 0, 1000), new(Berth.Pools.PoolName.Global, "expired", new("z"), 1, 0, 0)]);
        var (head, content) = await SendAsync("GET /admin/denials?limit=1 HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\nConnection: close\r\n\r\n");
        head.ShouldContain("Content-Type: text/csv");
        head.ShouldMatch("Link: </admin/denials\\?limit=1&next=[^>]+>; rel=\"next\"");
        content.ShouldContain("pool,reason,fingerprint,count,first,last\r\n-,all-held,\"'=a,b\",2,1970-01-01T00:00:00Z,1970-01-01T00:00:01Z\r\n");
    }

    [Fact]
    public async Task A_repeated_request_gets_the_first_answer()
    {
        await _client.AddLicensesAsync(Licenses(1).Request, default);
        const string Body = "{\"ttlMs\":90000}";
        (await KeyedAsync("PUT /admin/policy", "k1", Body)).Head.ShouldNotContain("Idempotency-Replayed");
        await _client.ChangePolicyAsync(new PolicyParts(70_000, null, null), default);
        var again = await KeyedAsync("PUT /admin/policy", "k1", Body);
        again.Head.ShouldContain("Idempotency-Replayed: true");
        again.Body.ShouldContain("\"ttlMs\":90000");
        (await _client.ShowPolicyAsync(default)).Value!.TtlMs.ShouldBe(70_000);
        (await KeyedAsync("PUT /admin/policy", "k1", "{\"ttlMs\":80000}")).Body.ShouldContain(ProblemCodes.IdempotencyKeyReused);
        (await KeyedAsync("PUT /admin/policy", "k2", Body)).Head.ShouldNotContain("Idempotency-Replayed");
        (await _client.ShowPolicyAsync(default)).Value!.TtlMs.ShouldBe(90_000);
        (await KeyedAsync("PUT /admin/policy", new string('k', 256), Body)).Head.ShouldStartWith("HTTP/1.1 400 ");
        (await KeyedAsync("PUT /admin/policy", "k3", "x")).Head.ShouldStartWith("HTTP/1.1 400 ");
    }

    private Task<(string Head, string Body)> KeyedAsync(string call, string key, string body) => SendAsync(
        $"{call} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nIdempotency-Key: {key}\r\nContent-Length: {body.Length}\r\n\r\n{body}");

    private async Task<(string Head, string Body)> SendAsync(string request)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket));
        await socket.SendAsync(Encoding.UTF8.GetBytes(request));
        using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var answer = await reader.ReadToEndAsync();
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return (answer[..end], answer[(end + 4)..]);
    }
}
