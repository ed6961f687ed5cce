using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Berth.Protocol;

/// <summary>Which servers a client believes over TLS. Nothing is fetched for it: neither certificates nor revocation lists.</summary>
public static class ServerTrust
{
    /// <summary>
    /// TLS 1.2 or later, and a certificate for the server's name from one of <paramref name="authorities"/>; null: from one that the
    /// system trusts.
    /// </summary>
    public static SslClientAuthenticationOptions Options(X509Certificate2Collection? authorities)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (authorities is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(authorities);
        }

        return new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateChainPolicy = policy,
        };
    }
}
