using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Berth.Protocol;
using Berth.Server.Tests.Http;
using Berth.Server.Tls;
using Berth.Testing;
using Berth.Testing.Processes;
using Berth.Testing.Tls;
using static Berth.Server.Tests.Http.Wire;

namespace Berth.Server.Tests.Tls;

/// <summary>The edge over TLS, with files that change.</summary>
public sealed class ServerCertificateTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestAuthority _authority = new();
    private readonly HandClock _clock = new();

    private string Certificate => _folder.File("tls.crt");

    private string Key => _folder.File("tls.key");

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Seats_are_claimed_over_TLS(SslProtocols protocol)
    {
        await using var member = await StartAsync("one");
        var (answer, subject) = await AskAsync(member.Port, Put("a", "Connection: close"), protocol);
        answer.ShouldStartWith("HTTP/1.1 201 ");
        answer.ShouldContain("\r\nRelay-Clock: ");
        subject.ShouldBe("CN=one");
    }

    /// <summary>The hello of a client that knows TLS 1.1 and no later, by hand: this machine's library does not speak it any more.</summary>
    [Theory]
    [InlineData(0x01)]
    [InlineData(0x02)]
    public async Task Older_versions_are_refused(byte minor)
    {
        await using var member = await StartAsync("one");
        await using var connection = await RawHttp.ConnectAsync(member.Port);
        byte[] suites = [0xC0, 0x13, 0xC0, 0x09, 0xC0, 0x14, 0xC0, 0x0A, 0x00, 0x2F];
        byte[] hello = [3, minor, .. new byte[32], 0, 0, (byte)suites.Length, .. suites, 1, 0];
        await connection.SendAsync(new byte[] { 22, 3, 1, 0, (byte)(hello.Length + 4), 1, 0, 0, (byte)hello.Length }.Concat(hello).ToArray());
        var answer = await connection.ReadToEndAsync();

        // An alert (21) of two bytes: fatal (2), the version is refused (70).
        answer.Length.ShouldBe(7);
        (answer[0], answer[5], answer[6]).ShouldBe(((byte)21, (byte)2, (byte)70));
    }

    [Fact]
    public async Task Without_TLS_nothing_is_answered()
    {
        await using var member = await StartAsync("one");
        await using var connection = await RawHttp.ConnectAsync(member.Port);
        await connection.SendAsync(Health);
        Encoding.Latin1.GetString(await connection.ReadToEndAsync()).ShouldNotContain("HTTP/1.1");
    }

    [Fact]
    public async Task A_new_pair_is_shown_to_new_connections_and_a_broken_one_is_not()
    {
        await using var member = await StartAsync("one");
        _authority.IssueTo(Certificate, Key, "two");
        (await SubjectAsync(member)).ShouldBe("CN=one");
        _clock.Add(TimeSpan.FromSeconds(1));
        (await SubjectAsync(member)).ShouldBe("CN=two");

        await File.WriteAllTextAsync(Certificate, _authority.Issue("half").Certificate);
        _clock.Add(TimeSpan.FromSeconds(1));
        (await SubjectAsync(member)).ShouldBe("CN=two");
        _authority.IssueTo(Certificate, Key, "three");
        _clock.Add(TimeSpan.FromSeconds(1));
        (await SubjectAsync(member)).ShouldBe("CN=three");
    }

    [Theory]
    [InlineData("", "key", "tls.crt: there is no certificate in PEM in it")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "key", "tls.crt: a certificate in it is malformed")]
    [InlineData("certificate", "", "tls.key: there is no private key in PEM that belongs to the first certificate of")]
    [InlineData("certificate", "other", "tls.key: there is no private key in PEM that belongs to the first certificate of")]
    [InlineData("certificate", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n", "tls.key: the key has a password")]
    [InlineData("certificate", null, "tls.key cannot be read")]
    public async Task What_is_wrong_is_said_with_the_file(string certificate, string? key, string text)
    {
        var (goodCertificate, goodKey) = _authority.Issue("one");
        await File.WriteAllTextAsync(Certificate, certificate == "certificate" ? goodCertificate : certificate);
        if (key is not null)
        {
            await File.WriteAllTextAsync(Key, key == "key" ? goodKey : key == "other" ? _authority.Issue("two").Key : key);
        }

        var options = TestMember.Options with { TlsCertificate = Certificate, TlsKey = Key };
        (await Should.ThrowAsync<IOException>(() => TestMember.StartAsync(options))).Message.ShouldContain(text);
    }

    [Fact]
    public void A_certificate_that_has_ended_is_used_with_a_warning()
    {
        var (certificate, key) = _authority.Issue("old", _clock.GetUtcNow() - TimeSpan.FromDays(1));
        File.WriteAllText(Certificate, certificate);
        File.WriteAllText(Key, key);
        var log = new RecordedLog();
        ServerCertificate.Load(Certificate, Key, _clock, log);
        log.Count("tls.ended").ShouldBe(1);
    }

    private Task<TestMember> StartAsync(string name)
    {
        _authority.IssueTo(Certificate, Key, name);
        return TestMember.WithSeatsAsync(1, TestMember.Options with { TlsCertificate = Certificate, TlsKey = Key }, _clock);
    }

    private async Task<string> SubjectAsync(TestMember member) =>
        (await AskAsync(member.Port, Health.Replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", StringComparison.Ordinal), SslProtocols.None)).Subject;

    private async Task<(string Answer, string Subject)> AskAsync(int port, string request, SslProtocols protocol)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        await using var tls = new SslStream(new NetworkStream(socket));
        var trust = ServerTrust.Options(new X509Certificate2Collection(_authority.Certificate));
        trust.TargetHost = "127.0.0.1";
        trust.EnabledSslProtocols = protocol;
        await tls.AuthenticateAsClientAsync(trust);
        await tls.WriteAsync(Encoding.UTF8.GetBytes(request));
        using var reader = new StreamReader(tls, leaveOpen: true);
        return (await reader.ReadToEndAsync(), tls.RemoteCertificate!.Subject);
    }
}
