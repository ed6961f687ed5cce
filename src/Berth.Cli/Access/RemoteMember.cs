using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Berth.Cli.Flags;
using Berth.Cli.Verbs;
using Berth.Protocol;

namespace Berth.Cli.Access;

/// <summary>A member on another machine, asked through its management port.</summary>
internal static class RemoteMember
{
    private const string TokenVariable = "BERTH_TOKEN";

    /// <summary>Refuses a verb that reads or writes the file itself where a member elsewhere was named.</summary>
    public static void RefuseFor(Call call, string verb)
    {
        if (call.Settings.Find(GlobalFlags.Server) is not null)
        {
            throw CommandFailedException.Usage($"{verb} works on the database file itself: run it on the member's machine, without --server");
        }
    }

    /// <summary>Null: none was named, or a store was named more strongly. Fails with a usage error.</summary>
    public static ManagementClient? Of(Call call)
    {
        if (call.Settings.Find(GlobalFlags.Server) is not { } server)
        {
            return null;
        }

        var store = Stronger(call.Settings.Find(GlobalFlags.Store), call.Settings.Find(GlobalFlags.Database));
        if (store == server)
        {
            throw CommandFailedException.Usage("either --server, or --store or --database: not both");
        }

        if (store < server)
        {
            return null;
        }

        var text = call.Settings.Text(GlobalFlags.Server)!;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url)
            || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
            || url.PathAndQuery != "/"
            || url.UserInfo.Length > 0)
        {
            throw CommandFailedException.Usage("--server is not the URL of a management port: write http://HOST:PORT or https://HOST:PORT");
        }

        var token = Token(call);
        if (token is not null && url.Scheme == Uri.UriSchemeHttp && !url.IsLoopback)
        {
            call.Shell.Error.WriteLine($"warning: the token goes to {url.Authority} unencrypted: give the member a certificate (--tls-cert) and write https://");
        }

        return new ManagementClient(url, token, Authorities(call), call.Shell.Time);
    }

    /// <summary>The certificates of <c>--ca-file</c>; null: those that the system trusts. Fails with a usage error.</summary>
    public static X509Certificate2Collection? Authorities(Call call)
    {
        if (call.Settings.Text(GlobalFlags.CaFile) is not { Length: > 0 } path)
        {
            return null;
        }

        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw CommandFailedException.Usage($"--ca-file: {error.Message}");
        }

        return authorities.Count > 0 ? authorities : throw CommandFailedException.Usage($"--ca-file: there is no certificate in PEM in {path}");
    }

    /// <summary>A file that the command line names, or else the variable with the token itself, or else a file named elsewhere.</summary>
    private static string? Token(Call call)
    {
        var named = call.Settings.Find(GlobalFlags.TokenFile);
        var direct = named == Origin.Flag ? null : call.Shell.Environment(TokenVariable);
        var token = direct is { Length: > 0 } ? direct : named is null ? null : Settings.Secret(call.Settings.Text(GlobalFlags.TokenFile)!, "--token-file");
        return token?.Trim() switch
        {
            null => null,
            { Length: > 0 and <= ManagementToken.MaxCharacters } text when text.All(character => character is > ' ' and < '\x7f') => text,
            _ => throw CommandFailedException.Usage("the token is empty, or no token: it is one line, as 'berth token new' prints it"),
        };
    }

    private static Origin? Stronger(Origin? one, Origin? other) => one is null ? other : other is null || one < other ? one : other;
}
