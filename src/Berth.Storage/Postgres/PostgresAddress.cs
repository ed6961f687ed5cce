using System.Globalization;
using System.Text;
using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>One of the servers that an address names.</summary>
/// <param name="Name">A host name, an IP address, or the folder of a Unix socket.</param>
/// <param name="Port">1 to 65535.</param>
internal sealed record PostgresHost(string Name, int Port)
{
    /// <summary>The port that PostgreSQL listens on where nobody says otherwise.</summary>
    public const int DefaultPort = 5432;

    /// <summary>As Npgsql takes it in a list.</summary>
    public string WithPort => string.Create(CultureInfo.InvariantCulture, $"{(Name.Contains(':') ? $"[{Name}]" : Name)}:{Port}");

    /// <inheritdoc/>
    public override string ToString()
    {
        var name = Name.StartsWith('/') ? Uri.EscapeDataString(Name) : Name.Contains(':') ? $"[{Name}]" : Name;
        return Port == DefaultPort ? name : string.Create(CultureInfo.InvariantCulture, $"{name}:{Port}");
    }
}

/// <summary>
/// Where a PostgreSQL database is, as an operator wrote it:
/// <c>postgres://USER[:PASSWORD]@HOST[:PORT][,HOST[:PORT]…]/DATABASE[?NAME=VALUE&amp;…]</c>. No text of it but
/// <see cref="ConnectionStringOf"/> has the password.
/// </summary>
internal sealed class PostgresAddress
{
    /// <summary>How long connecting to one host may take where the address does not say it: 1 s.</summary>
    public const int ConnectSeconds = 1;

    private readonly NpgsqlConnectionStringBuilder _settings;
    private readonly string _shown;

    private PostgresAddress(PostgresAddress other, PasswordFile password)
    {
        Hosts = other.Hosts;
        Password = password;
        _settings = new NpgsqlConnectionStringBuilder(other._settings.ConnectionString) { Password = null };
        _shown = other._shown;
    }

    internal PostgresAddress(IReadOnlyList<PostgresHost> hosts, NpgsqlConnectionStringBuilder settings, string parameters)
    {
        Hosts = hosts;
        _settings = settings;
        _shown = $"postgres://{Uri.EscapeDataString(settings.Username!)}@{HostNames}/{Uri.EscapeDataString(settings.Database!)}{parameters}";
    }

    /// <summary>The servers, in the order in which they are tried.</summary>
    public IReadOnlyList<PostgresHost> Hosts { get; }

    /// <summary>Where the password stands; null: in the connection strings, or where Npgsql finds one by itself.</summary>
    public PasswordFile? Password { get; }

    /// <summary>The database.</summary>
    public string Database => _settings.Database!;

    /// <summary>The servers, as a message names them.</summary>
    public string HostNames => string.Join(',', Hosts);

    /// <summary>How Npgsql reaches whichever of the hosts takes writes, with nothing but what the address says.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder(_settings.ConnectionString)
    {
        Host = Hosts.Count == 1 ? Hosts[0].Name : string.Join(',', Hosts.Select(host => host.WithPort)),
        Port = Hosts[0].Port,
    }.ConnectionString;

    /// <summary>Whether a text is meant to be one.</summary>
    public static bool IsOne(string text) =>
        text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal);

    /// <summary>Reads one. Fails with <see cref="StoreException"/>, which names no password.</summary>
    public static PostgresAddress Parse(string text) => PostgresAddressReader.Read(text);

    /// <summary>
    /// How Npgsql reaches one of the hosts. Connections are our own, each for one purpose: nothing is pooled, and a call that is given
    /// up breaks its connection at once, without asking the server.
    /// </summary>
    public string ConnectionStringOf(PostgresHost host) => new NpgsqlConnectionStringBuilder(_settings.ConnectionString)
    {
        Host = host.Name,
        Port = host.Port,
        Pooling = false,
        CancellationTimeout = -1,
        GssEncryptionMode = GssEncryptionMode.Disable,
        TcpKeepAlive = true,
        TcpKeepAliveTime = 2,
        TcpKeepAliveInterval = 1,
        MaxAutoPrepare = 40,
        AutoPrepareMinUsages = 2,
    }.ConnectionString;

    /// <summary>The same with a password that is read anew for each connection.</summary>
    public PostgresAddress WithPassword(PasswordFile password) => new(this, password);

    /// <summary>Without a password.</summary>
    public override string ToString() => _shown;
}
