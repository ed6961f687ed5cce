using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>
/// Reads the address of a database. A message quotes only what cannot be a part of a password, even where the password has a slash or
/// an at sign in it that should have been escaped.
/// </summary>
internal static class PostgresAddressReader
{
    private const int MaxLength = 4_096;
    private const int MaxHosts = 16;
    private const string Form = "write postgres://USER[:PASSWORD]@HOST[:PORT]/DATABASE";
    private const string Escapes = "In a user or password write % as %25, / as %2F, ? as %3F, # as %23 and @ as %40";

    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly Dictionary<string, Action<NpgsqlConnectionStringBuilder, string>> _parameters = new(StringComparer.Ordinal)
    {
        ["application_name"] = (settings, value) => settings.ApplicationName = value,
        ["connect_timeout"] = (settings, value) => settings.Timeout = Seconds(value),
        ["passfile"] = (settings, value) => settings.Passfile = value,
        ["sslcert"] = (settings, value) => settings.SslCertificate = value,
        ["sslkey"] = (settings, value) => settings.SslKey = value,
        ["sslmode"] = (settings, value) => settings.SslMode = Mode(value),
        ["sslrootcert"] = (settings, value) => settings.RootCertificate = value,
    };

    public static PostgresAddress Read(string text)
    {
        if (text.Length > MaxLength)
        {
            throw new StoreException($"the address of the store has {text.Length} characters: at most {MaxLength} are allowed");
        }

        var rest = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var end = rest.AsSpan().IndexOfAny('/', '?');
        var authority = end < 0 ? rest : rest[..end];
        var tail = end < 0 ? "" : rest[end..];
        var at = authority.LastIndexOf('@');
        if (at < 0)
        {
            throw new StoreException($"the address of the store names no user: {Form}. {Escapes}");
        }

        if (tail.AsSpan().IndexOfAny('@', '#') >= 0)
        {
            throw new StoreException($"the address of the store has an @ or # behind the host: {Form}. {Escapes}");
        }

        var settings = new NpgsqlConnectionStringBuilder { Timeout = PostgresAddress.ConnectSeconds, ApplicationName = "berth" };
        ReadUser(settings, authority[..at]);
        var hosts = ReadHosts(authority[(at + 1)..]);
        var question = tail.IndexOf('?', StringComparison.Ordinal);
        ReadDatabase(settings, question < 0 ? tail : tail[..question]);
        return new PostgresAddress(hosts, settings, ReadParameters(settings, question < 0 ? "" : tail[(question + 1)..]));
    }

    private static void ReadUser(NpgsqlConnectionStringBuilder settings, string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        settings.Username = NotEmpty(Decode(colon < 0 ? text : text[..colon], "user"), "user");
        if (colon >= 0)
        {
            settings.Password = NotEmpty(Decode(text[(colon + 1)..], "password"), "password after the colon");
        }
    }

    private static List<PostgresHost> ReadHosts(string text)
    {
        var hosts = text.Split(',').Select(ReadHost).ToList();
        return hosts.Count <= MaxHosts
            ? hosts
            : throw new StoreException($"the address of the store names {hosts.Count} hosts: at most {MaxHosts} are allowed");
    }

    private static PostgresHost ReadHost(string text)
    {
        var bracketed = text.StartsWith('[');
        var end = bracketed ? text.IndexOf(']', StringComparison.Ordinal) + 1 : text.IndexOf(':', StringComparison.Ordinal);
        if (bracketed && end == 0)
        {
            throw new StoreException($"host \"{Visible(text)}\" has a [ without a ]: write an IPv6 address as [::1]");
        }

        var name = end < 0 ? text : text[..end];
        var port = end < 0 ? "" : text[end..];
        if (bracketed)
        {
            name = name[1..^1];
            if (!IPAddress.TryParse(name, out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
            {
                throw new StoreException($"host \"{Visible(text)}\" is no IPv6 address: brackets are only for these");
            }
        }
        else
        {
            name = CheckHost(NotEmpty(Decode(name, "host"), "host"));
        }

        return new PostgresHost(name, port.Length == 0 ? PostgresHost.DefaultPort : ReadPort(name, port));
    }

    /// <summary>What is no name would be read as something else further down, such as a list of hosts.</summary>
    private static string CheckHost(string name) => name.StartsWith('/') || name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
        ? name
        : throw new StoreException($"\"{Visible(name)}\" is no host name: it has letters, digits, -, _ and . only; "
            + "an IPv6 address stands in brackets, and the folder of a Unix socket begins with %2F");

    private static int ReadPort(string host, string text) =>
        text[0] == ':' && int.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= ushort.MaxValue
            ? port
            : throw new StoreException($"host \"{Visible(host)}\" has the port \"{Visible(text.TrimStart(':'))}\": it is 1 to {ushort.MaxValue}");

    private static void ReadDatabase(NpgsqlConnectionStringBuilder settings, string text)
    {
        var name = text.Length > 0 ? text[1..] : "";
        settings.Database = !name.Contains('/', StringComparison.Ordinal)
            ? NotEmpty(Decode(name, "database"), "database")
            : throw new StoreException($"the address of the store has more than a database behind the host: {Form}");
    }

    /// <summary>Reads them and says how they are shown.</summary>
    private static string ReadParameters(NpgsqlConnectionStringBuilder settings, string text)
    {
        var shown = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pair in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = Decode(equals < 0 ? pair : pair[..equals], "parameter");
            if (!_parameters.TryGetValue(name, out var set))
            {
                throw new StoreException($"parameter \"{Visible(name)}\" of the store's address is not known: {string.Join(", ", _parameters.Keys)} are. "
                    + "A password stands behind the user, in the file that passfile names, or in PGPASSWORD");
            }

            if (!seen.Add(name))
            {
                throw new StoreException($"parameter {name} stands twice in the store's address: say it once");
            }

            var value = NotEmpty(Decode(equals < 0 ? "" : pair[(equals + 1)..], name), $"value of {name}");
            set(settings, value);
            shown.Add($"{name}={Uri.EscapeDataString(value)}");
        }

        if (settings is { SslMode: SslMode.Require, RootCertificate: not null })
        {
            // As everywhere else: who names a root wants the server checked against it.
            settings.SslMode = SslMode.VerifyCA;
        }

        return shown.Count == 0 ? "" : "?" + string.Join('&', shown);
    }

    private static SslMode Mode(string value) => value switch
    {
        "disable" => SslMode.Disable,
        "allow" => SslMode.Allow,
        "prefer" => SslMode.Prefer,
        "require" => SslMode.Require,
        "verify-ca" => SslMode.VerifyCA,
        "verify-full" => SslMode.VerifyFull,
        _ => throw new StoreException($"sslmode \"{Visible(value)}\" is not known: disable, allow, prefer, require, verify-ca and verify-full are"),
    };

    private static int Seconds(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 1 and <= 60
            ? seconds
            : throw new StoreException($"connect_timeout \"{Visible(value)}\" is not 1 to 60 seconds");

    /// <summary>Takes the percent signs out. The text may be a password: it is not quoted.</summary>
    private static string Decode(string text, string what)
    {
        var bytes = new MemoryStream();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                var length = char.IsSurrogatePair(text, i) ? 2 : 1;
                bytes.Write(Encode(text.Substring(i, length), what));
                i += length - 1;
            }
            else if (i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                bytes.WriteByte(value);
                i += 2;
            }
            else
            {
                throw new StoreException($"the {what} in the address of the store has a % without two hexadecimal digits. {Escapes}");
            }
        }

        return Checked(bytes.ToArray(), what);
    }

    private static byte[] Encode(string text, string what)
    {
        try
        {
            return _strict.GetBytes(text);
        }
        catch (EncoderFallbackException)
        {
            throw NoText(what);
        }
    }

    private static string Checked(byte[] bytes, string what)
    {
        try
        {
            var text = _strict.GetString(bytes);
            return text.Any(char.IsControl) ? throw NoText(what) : text;
        }
        catch (DecoderFallbackException)
        {
            throw NoText(what);
        }
    }

    private static StoreException NoText(string what) =>
        new($"the {what} in the address of the store is no text: it has control characters, or bytes that are not UTF-8");

    private static string NotEmpty(string text, string what) =>
        text.Length > 0 ? text : throw new StoreException($"the address of the store names no {what}: {Form}");

    /// <summary>What an operator wrote, short and without control characters.</summary>
    private static string Visible(string text) =>
        new([.. text.Take(80).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)]);
}
