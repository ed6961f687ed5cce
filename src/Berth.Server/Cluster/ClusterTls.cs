using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Berth.Server.Tls;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Cluster;

/// <summary>
/// TLS between members: both show a certificate, and both accept only those that the cluster's own authority has signed, whatever else the machine trusts. The
/// three files are read again when they change; connections that are open keep what they were made with.
/// </summary>
internal sealed class ClusterTls
{
    private static readonly TimeSpan _handshake = TimeSpan.FromSeconds(5);

    private readonly WatchedFiles<Parts> _files;

    private ClusterTls(WatchedFiles<Parts> files) => _files = files;

    /// <summary>
    /// What the options say; null: no TLS. Fails with <see cref="IOException"/>, whose text names the file, and with
    /// <see cref="InvalidOperationException"/> where one of the three is not named.
    /// </summary>
    public static ClusterTls? Of(ClusterOptions options, TimeProvider time, ILogger log) => options switch
    {
        { TlsCertificate: null, TlsKey: null, TlsAuthority: null } => null,
        { TlsCertificate: { } certificate, TlsKey: { } key, TlsAuthority: { } authority } => new ClusterTls(new WatchedFiles<Parts>(
            [new WatchedFile(certificate), new WatchedFile(key), new WatchedFile(authority)],
            contents => new Parts(
                ServerCertificate.Parse(certificate, contents[0], key, contents[1], time, log),
                ServerCertificate.Chain(authority, Encoding.UTF8.GetString(contents[2]))),
            time,
            log)),
        _ => throw new InvalidOperationException(
            "TLS between members takes all three: a certificate, its key, and the authority that has signed the members' certificates"),
    };

    /// <summary>Has the port speak TLS 1.2 or 1.3, to members only.</summary>
    public void Guard(ListenOptions listen) => listen.UseHttps(new TlsHandshakeCallbackOptions
    {
        HandshakeTimeout = _handshake,
        OnConnection = _ =>
        {
            var parts = _files.Current;
            return new ValueTask<SslServerAuthenticationOptions>(new SslServerAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                ServerCertificateContext = parts.Shown,
                ClientCertificateRequired = true,
                CertificateChainPolicy = parts.Accepted(),
                AllowRenegotiation = false,
                AllowTlsResume = false,
            });
        },
    });

    /// <summary>How another member is met: it must show a certificate for the name that it is reached by.</summary>
    public SslClientAuthenticationOptions ToMember(string host)
    {
        var parts = _files.Current;
        return new SslClientAuthenticationOptions
        {
            TargetHost = host,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            ClientCertificateContext = parts.Shown,
            CertificateChainPolicy = parts.Accepted(),
            AllowRenegotiation = false,
            AllowTlsResume = false,
        };
    }

    private sealed record Parts(SslStreamCertificateContext Shown, X509Certificate2Collection Authority)
    {
        /// <summary>Nothing is fetched from anywhere, and no other root counts.</summary>
        public X509ChainPolicy Accepted()
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            policy.CustomTrustStore.AddRange(Authority);
            return policy;
        }
    }
}
