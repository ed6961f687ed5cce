using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.Testing.Processes;
using Npgsql;

namespace Berth.Testing.Postgres;

/// <summary>A database for a test.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Url">Where it is, as <c>--store</c> takes it.</param>
/// <param name="ConnectionString">Where it is, as Npgsql takes it.</param>
public sealed record TestDatabase(string Name, string Url, string ConnectionString);

/// <summary>
/// A PostgreSQL of its own: the system's binaries over a temporary folder, on loopback. PostgreSQL refuses to run as root, so it runs as
/// the account postgres where the tests run as root.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>Where Debian puts the binaries; the newest version counts.</summary>
    private const string Versions = "/usr/lib/postgresql";

    private static readonly Lazy<Task<PostgresServer>> _shared = new(StartSharedAsync);
    private static int _databases;

    private readonly string _folder;
    private readonly IReadOnlyList<string> _settings;
    private Process? _process;

    private PostgresServer(string folder, int port, IReadOnlyList<string> settings)
    {
        _folder = folder;
        _settings = settings;
        Port = port;
    }

    /// <summary>The port on loopback.</summary>
    public int Port { get; }

    /// <summary>The folder of its data.</summary>
    public string Data => Path.Combine(_folder, "data");

    /// <summary>What it says.</summary>
    public OutputLines Log { get; private set; } = null!;

    /// <summary>The one server that all tests of a process share; it ends with the process.</summary>
    public static Task<PostgresServer> SharedAsync() => _shared.Value;

    /// <summary>Makes an empty one and starts it.</summary>
    /// <param name="settings">Settings as <c>name=value</c>; later ones win.</param>
    public static async Task<PostgresServer> StartAsync(params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("berth-postgres-").FullName;
        await RunAsync("chown", AsRoot ? ["postgres", folder] : ["--reference", folder, folder]);
        var server = new PostgresServer(folder, FreePort(), settings);
        await RunAsync(
            "setpriv", [.. Account, Binary("initdb"), "-D", server.Data, "-U", "berth", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"]);
        await server.StartAsync();
        return server;
    }

    /// <summary>Makes an empty database and says where it is, as <c>--store</c> takes it.</summary>
    public async Task<string> NewDatabaseAsync() => (await CreateDatabaseAsync()).Url;

    /// <summary>Makes a database: an empty one, or a copy of another that nobody is connected to.</summary>
    public async Task<TestDatabase> CreateDatabaseAsync(string template = "template1")
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test{Interlocked.Increment(ref _databases)}");
        await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand($"CREATE DATABASE {name} TEMPLATE {template}", connection);
        await create.ExecuteNonQueryAsync();
        return new TestDatabase(name, Url(name), ConnectionString(name));
    }

    /// <summary>Where a database is, as <c>--store</c> takes it.</summary>
    public string Url(string database) => string.Create(CultureInfo.InvariantCulture, $"postgres://berth@127.0.0.1:{Port}/{database}");

    /// <summary>Where a database is, as Npgsql takes it.</summary>
    public string ConnectionString(string database) =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Username=berth;Database={database}");

    /// <summary>Starts it again after <see cref="StopAsync"/> or <see cref="KillAsync"/>, with what it had.</summary>
    public async Task StartAsync()
    {
        List<string> arguments =
        [
            .. Account, Binary("postgres"), "-D", Data, "-k", _folder, "-p", Port.ToString(CultureInfo.InvariantCulture),
            "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200", "-c", "fsync=off", "-c", "logging_collector=off",
        ];
        arguments.AddRange(_settings.SelectMany(setting => (string[])["-c", setting]));
        _process = Process.Start(new ProcessStartInfo("setpriv", arguments) { RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = "/" })!;
        Log = new OutputLines(_process.StandardError);
        await Log.WaitForAsync("database system is ready to accept");
    }

    /// <summary>Ends it as an operator would: connections are cut, nothing is lost.</summary>
    public Task StopAsync() => EndAsync("INT");

    /// <summary>The machine loses power: nothing is finished.</summary>
    public Task KillAsync() => EndAsync("QUIT");

    /// <summary>All its processes stand still, or go on.</summary>
    public async Task SignalAllAsync(string signal)
    {
        await RunAsync("kill", ["-" + signal, Id]);
        await RunAsync("pkill", ["-" + signal, "-P", Id]);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndAsync("QUIT");
        Directory.Delete(_folder, recursive: true);
    }

    private static bool AsRoot => Environment.UserName == "root";

    private static string[] Account => AsRoot ? ["--reuid=postgres", "--regid=postgres", "--clear-groups"] : ["--no-new-privs"];

    private string Id => _process!.Id.ToString(CultureInfo.InvariantCulture);

    private static async Task<PostgresServer> StartSharedAsync()
    {
        var server = await StartAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            // Hundreds of databases take longer to delete than a test runner waits for its own end.
            server._process!.Kill(entireProcessTree: true);
            server._process.WaitForExit();
            using var removal = Process.Start(new ProcessStartInfo("rm", ["-rf", server._folder]) { UseShellExecute = false, WorkingDirectory = "/" });
        };
        return server;
    }

    private static string Binary(string name) => Directory.Exists(Versions)
        ? Path.Combine(Directory.GetDirectories(Versions).OrderBy(Order).Last(), "bin", name)
        : throw new InvalidOperationException($"PostgreSQL is not installed: there is no {Versions}. Run eng/test, or install the package postgresql-15.");

    private static int Order(string folder) => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var version) ? version : 0;

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private async Task EndAsync(string signal)
    {
        if (_process is { HasExited: false } running)
        {
            await RunAsync("kill", ["-" + signal, Id]);
            await running.WaitForExitAsync();
        }

        _process?.Dispose();
        _process = null;
    }

    private static async Task RunAsync(string program, IReadOnlyList<string> arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = "/" })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {error}{await output}");
        }
    }
}
