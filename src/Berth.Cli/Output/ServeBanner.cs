using System.Net;
using Berth.Cli.Access;
using Berth.Cli.Verbs;
using Berth.Protocol;
using Berth.Server;

namespace Berth.Cli.Output;

/// <summary>The lines that a member prints when it is ready.</summary>
internal static class ServeBanner
{
    public static async Task WriteAsync(Call call, MemberOptions options, int port, Uri? management, IAdministration administration)
    {
        var pools = await administration.AllPoolsAsync(call.Shell.Stop);
        var shown = options.Bind.Contains(':', StringComparison.Ordinal) ? $"[{options.Bind}]" : options.Bind;
        var scheme = options.TlsCertificate is null ? "http" : "https";
        var text = $"""
            berth {VersionVerb.Current}
              store    {options.Store}
              edge     {scheme}://{shown}:{port}
              socket   {options.Socket}
              manage   {management?.GetLeftPart(UriPartial.Authority) ?? "by the socket only"}
              pools    {pools.Count}
              licenses {pools.Sum(pool => (long)pool.Licenses)}
              seats    {pools.Sum(pool => pool.Free)} free of {pools.Sum(pool => pool.Seats)}

            """;
        await call.Shell.Out.WriteAsync(text.ReplaceLineEndings("\n"));
        foreach (var warning in Warnings(options))
        {
            await call.Shell.Out.WriteLineAsync($"  warning  {warning}");
        }

        await call.Shell.Out.FlushAsync(CancellationToken.None);
    }

    private static IEnumerable<string> Warnings(MemberOptions options)
    {
        if (options.Bind is not ("127.0.0.1" or "::1" or "localhost"))
        {
            yield return options.TlsCertificate is null
                ? "whoever reaches this address can claim and release: there is no TLS (--tls-cert) and no authentication yet"
                : "whoever reaches this address can claim and release: there is no authentication yet";
        }

        if (options is { TlsCertificate: null, ManagementPort: { } management } && !IPAddress.IsLoopback(management.Bind))
        {
            yield return "tokens for the management port can be read on the network: there is no TLS (--tls-cert)";
        }

        if (string.IsNullOrEmpty(options.SigningSecret))
        {
            yield return "answers are not signed: set --signing-secret-file";
        }

        if (!options.EnforceExpiry)
        {
            yield return "licenses past their end are handed out: --enforce-expiry=false";
        }
    }
}
