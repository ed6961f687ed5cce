using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Tls;

/// <summary>
/// The certificate that this member shows over TLS: a PEM chain and its PEM key, read again when the files change. Connections that
/// are open keep theirs.
/// </summary>
public sealed class ServerCertificate
{
    private static readonly TimeSpan _handshake = TimeSpan.FromSeconds(10);

    private readonly WatchedFiles<SslStreamCertificateContext> _files;

    private ServerCertificate(WatchedFiles<SslStreamCertificateContext> files) => _files = files;

    /// <summary>Reads both files. Fails with <see cref="IOException"/>, whose text says which file and what is wrong with it.</summary>
    /// <param name="certificate">PEM: the server's certificate first, then those up to its root.</param>
    /// <param name="key">PEM: its private key, without a password.</param>
    /// <param name="time">When to look at the files again, and whether the certificate has ended.</param>
    /// <param name="log">Says what was read anew, and what was not.</param>
    public static ServerCertificate Load(string certificate, string key, TimeProvider time, ILogger log) => new(
        new WatchedFiles<SslStreamCertificateContext>(
            [new WatchedFile(certificate), new WatchedFile(key)],
            contents => Parse(certificate, contents[0], key, contents[1], time, log),
            time,
            log));

    /// <summary>The certificate of these options; null: they name none. Fails as <see cref="Load"/>.</summary>
    internal static ServerCertificate? Of(MemberOptions options, TimeProvider time, ILogger log) =>
        options is { TlsCertificate: { } certificate, TlsKey: { } key } ? Load(certificate, key, time, log) : null;

    /// <summary>Has a port speak TLS 1.2 or 1.3 and nothing else.</summary>
    internal void Guard(ListenOptions listen) => listen.UseHttps(new TlsHandshakeCallbackOptions
    {
        HandshakeTimeout = _handshake,
        OnConnection = _ => new ValueTask<SslServerAuthenticationOptions>(new SslServerAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ServerCertificateContext = _files.Current,
            AllowRenegotiation = false,
        }),
    });

    internal static SslStreamCertificateContext Parse(
        string certificate, byte[] chainPem, string key, byte[] keyPem, TimeProvider time, ILogger log)
    {
        var chainText = Encoding.UTF8.GetString(chainPem);
        var keyText = Encoding.UTF8.GetString(keyPem);
        var chain = Chain(certificate, chainText);
        if (keyText.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{key}: the key has a password: write it without one, readable by its owner only");
        }

        X509Certificate2 shown;
        try
        {
            shown = X509Certificate2.CreateFromPem(chainText, keyText);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new InvalidDataException($"{key}: there is no private key in PEM that belongs to the first certificate of {certificate}", error);
        }

        if (shown.NotAfter.ToUniversalTime() < time.GetUtcNow().UtcDateTime)
        {
            log.Ended(certificate, shown.NotAfter.ToUniversalTime());
        }

        chain.RemoveAt(0);

        // Offline: neither missing certificates nor revocation answers are fetched from anywhere.
        return SslStreamCertificateContext.Create(shown, chain, offline: true);
    }

    internal static X509Certificate2Collection Chain(string path, string pem)
    {
        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPem(pem);
        }
        catch (CryptographicException error)
        {
            throw new InvalidDataException($"{path}: a certificate in it is malformed: {error.Message}", error);
        }

        return chain.Count > 0 ? chain : throw new InvalidDataException($"{path}: there is no certificate in PEM in it");
    }
}

internal static partial class ServerCertificateLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "tls.ended: the certificate in {file} ended at {end:u}: clients will refuse it")]
    public static partial void Ended(this ILogger log, string file, DateTime end);
}
