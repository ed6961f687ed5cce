using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Berth.Protocol;
using Berth.Server.Management;
using Berth.Server.Tls;
using Berth.Testing;
using Berth.Testing.Processes;
using Berth.Testing.Tls;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Server.Tests.Management;

/// <summary>The same through TCP with TLS and an admin's token, and where it listens.</summary>
public sealed class ManagementPortTests : AdministrationSuite
{
    private readonly TestFolder _folder = new();
    private readonly TestAuthority _authority = new();
    private readonly string _token = ManagementToken.New();
    private ManagementPort _port = null!;
    private ManagementClient _client = null!;

    private protected override IAdministration Asked => _client;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _authority.IssueTo(_folder.File("crt"), _folder.File("key"), "berth");
        var certificate = ServerCertificate.Load(_folder.File("crt"), _folder.File("key"), TimeProvider.System, NullLogger.Instance);
        await ManagementRig.WriteAsync(_folder.File("tokens"), [ManagementToken.Line(ManagementRole.Admin, "admin", _token)]);
        _port = (await StartAsync(new ManagementPortOptions { Port = 0, TokensFile = _folder.File("tokens") }, certificate))!;
        _client = new ManagementClient(_port.Address, _token, [_authority.Certificate], TimeProvider.System);
    }

    public override async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _port.DisposeAsync();
        _authority.Dispose();
        _folder.Dispose();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task A_client_that_does_not_know_the_authority_sends_nothing()
    {
        _port.Address.Scheme.ShouldBe("https");
        using var other = new TestAuthority();
        using var client = new ManagementClient(_port.Address, _token, [other.Certificate], TimeProvider.System);
        await Should.ThrowAsync<ManagementUnreachableException>(async () => await client.DescribeServerAsync(default));
        await Should.ThrowAsync<ManagementUnreachableException>(async () => await client.RemoveLicenseAsync("x", default));
    }

    [Fact]
    public async Task A_wrong_token_is_a_problem()
    {
        using var client = new ManagementClient(_port.Address, ManagementToken.New(), [_authority.Certificate], TimeProvider.System);
        var problem = (await client.DescribeServerAsync(default)).Problem!;
        (problem.Code, problem.Status).ShouldBe((ProblemCodes.Unauthorized, 401));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_port_that_is_taken_matters_only_if_it_was_asked_for(bool optional)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var start = () => StartAsync(new ManagementPortOptions { Port = port, Optional = optional }, null);
        if (optional)
        {
            (await start()).ShouldBeNull();
        }
        else
        {
            (await Should.ThrowAsync<ManagementPortException>(start)).Message
                .ShouldBe($"the management port 127.0.0.1:{port} is taken: choose another with --management-port, or off");
        }
    }

    [Theory]
    [InlineData("0.0.0.0", false)]
    [InlineData("::", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("127.0.0.2", true)]
    [InlineData("::1", true)]
    public void Others_reach_it_only_with_tokens(string bind, bool good)
    {
        var options = new ManagementPortOptions { Bind = IPAddress.Parse(bind) };
        (options.Flaw() is null).ShouldBe(good);
        (options with { TokensFile = "x" }).Flaw().ShouldBeNull();
    }

    [Fact]
    public async Task A_start_that_would_let_everybody_in_is_refused() =>
        (await Should.ThrowAsync<IOException>(() => StartAsync(new ManagementPortOptions { Port = 0, Bind = IPAddress.Any }, null)))
            .Message.ShouldContain("--tokens-file");

    [Fact]
    public async Task Tokens_that_cannot_be_read_are_an_error_at_start() =>
        (await Should.ThrowAsync<IOException>(() => StartAsync(new ManagementPortOptions { Port = 0, TokensFile = _folder.File("none") }, null)))
            .Message.ShouldContain("none cannot be read");

    [Theory]
    [InlineData("/admin/pools", 200)]
    [InlineData("/admin/pool", 400)]
    [InlineData("/admin/nowhere", 401)]
    public async Task Every_answer_says_how_long_it_is(string path, int status)
    {
        await using var port = (await StartAsync(new ManagementPortOptions { Port = 0 }, null))!;
        var answer = await RawHttp.AskAsync(port.Address.Port, $"GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n");
        answer.Status.ShouldBe(status);
        answer.Headers.Single(header => header.Key == "Content-Length").Value.ShouldBe($"{answer.Body.Length}");
        answer.Body.ShouldNotBeEmpty();
    }

    private Task<ManagementPort?> StartAsync(ManagementPortOptions options, ServerCertificate? certificate) =>
        ManagementPort.StartAsync(options, Inside, certificate, TimeProvider.System, NullLoggerFactory.Instance);
}
