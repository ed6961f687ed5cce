using System.Globalization;
using Berth.Chaos.Hosts;
using Npgsql;

namespace Berth.Chaos.Processes;

/// <summary>
/// A PostgreSQL on a host of its own, the system's binaries over a folder on a real disk, with every flush a flush. What grows stands in a
/// tablespace on a small disk that can be filled. PostgreSQL refuses to run as root, so it runs as the account postgres.
/// </summary>
internal sealed class ChaosPostgres(Host host, string folder, SmallDisk disk) : IAsyncDisposable
{
    /// <summary>The database of the cluster.</summary>
    public const string Database = "berth";

    private const string User = "berth";
    private const string Standby = "standby";
    private const string Versions = "/usr/lib/postgresql";
    private static readonly string[] _account = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"];

    private readonly List<HostProcess> _former = [];
    private HostProcess? _process;

    /// <summary>Where it runs.</summary>
    public Host Host => host;

    /// <summary>The disk of what grows.</summary>
    public SmallDisk Disk => disk;

    /// <summary>It runs.</summary>
    public bool Runs => _process is { HasEnded: false };

    private string Data => Path.Combine(folder, "data");

    private string Space => Path.Combine(disk.Folder, "space");

    /// <summary>Makes an empty one with the cluster's database, and starts it.</summary>
    public async Task CreateAsync()
    {
        await PrepareAsync();
        await RunAsAccountAsync(Binary("initdb"), "-D", Data, "-U", User, "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8");
        await File.AppendAllTextAsync(
            Path.Combine(Data, "pg_hba.conf"), $"host all all {Network.Range} trust\nhost replication all {Network.Range} trust\n");
        await StartAsync();
        await ExecuteAsync("postgres", $"CREATE TABLESPACE small LOCATION '{Space}'");
        await ExecuteAsync("postgres", $"CREATE DATABASE {Database} TABLESPACE small");
    }

    /// <summary>Makes it a copy of a primary that follows it, and starts it. It is synchronous once the primary says so.</summary>
    public async Task FollowAsync(ChaosPostgres primary)
    {
        await PrepareAsync();
        await Command.RunAsync(
            "nsenter",
            [
                .. host.Entrance, .. _account, Binary("pg_basebackup"), "-D", Data, "-R", "-X", "stream", "-c", "fast", "--no-sync",
                "-T", $"{primary.Space}={Space}",
                "-d", $"host={primary.Host.Address} user={User} application_name={Standby}",
            ]);
        await StartAsync();
    }

    /// <summary>Starts it with what it has, and waits until it takes connections.</summary>
    public async Task StartAsync()
    {
        Forget();
        string[] settings =
        [
            "listen_addresses=*", "max_connections=300", "fsync=on", "wal_keep_size=256MB", "max_wal_senders=4", "hot_standby=on",
            "logging_collector=off", "recovery_init_sync_method=syncfs", "log_line_prefix=%m [%p] ", "wal_sender_timeout=4s", "wal_receiver_timeout=4s",
        ];
        _process = HostProcess.Start(
            host,
            "/",
            [.. _account, Binary("postgres"), "-D", Data, "-k", folder, .. settings.SelectMany(setting => (string[])["-c", setting])],
            new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = "/usr/bin:/bin" });
        await _process.Error.WaitForAsync("database system is ready to accept");
    }

    /// <summary>The machine loses power: all its processes are gone at once.</summary>
    public async Task KillAsync()
    {
        await _process!.SignalFamilyAsync("KILL");
        await _process.EndAsync();
    }

    /// <summary>All its processes stand still, or go on.</summary>
    public Task SignalAsync(string signal) => _process!.SignalFamilyAsync(signal);

    /// <summary>Commits wait for the standby from now on, or not. Returns once the standby is what it should be.</summary>
    public async Task ReplicateAsync(bool synchronously)
    {
        await ExecuteAsync("postgres", $"ALTER SYSTEM SET synchronous_standby_names = '{(synchronously ? Standby : string.Empty)}'");
        await ExecuteAsync("postgres", "SELECT pg_reload_conf()");
        var state = synchronously ? "sync" : "async";
        var time = TimeProvider.System;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20), time);
        while (await ScalarAsync($"SELECT sync_state FROM pg_stat_replication WHERE application_name = '{Standby}' AND state = 'streaming'") as string != state)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, limit.Token);
        }
    }

    /// <summary>Nobody follows any more.</summary>
    public async Task StandAloneAsync()
    {
        await ExecuteAsync("postgres", "ALTER SYSTEM SET synchronous_standby_names = ''");
        await ExecuteAsync("postgres", "SELECT pg_reload_conf()");
    }

    /// <summary>Makes a standby the primary.</summary>
    public async Task PromoteAsync()
    {
        await ScalarAsync("SELECT pg_promote(true, 20)");
        await StandAloneAsync();
    }

    /// <summary>
    /// On a full disk takes the room that is left inside the journal's own pages, of which the server may have added hundreds at once: rows that are never committed.
    /// </summary>
    public async Task TakeRoomAsync()
    {
        try
        {
            await ExecuteAsync(Database, """
                BEGIN;
                INSERT INTO events (pool_id, first, count, hash, bytes)
                SELECT -1, generate_series(1, 100000), 1, '\x00', decode(repeat('00', 500), 'hex');
                ROLLBACK
                """);
        }
        catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.DiskFull)
        {
            // None is left.
            return;
        }
    }

    /// <summary>Where a database is, as Npgsql takes it. Connections are not kept.</summary>
    public string ConnectionString(string database) =>
        $"Host={host.Address};Username={User};Database={database};Pooling=false;Timeout=5;Command Timeout=60";

    /// <summary>The part of a store's address that names this one.</summary>
    public string Endpoint => host.Address + ":5432";

    /// <summary>The last lines that it said.</summary>
    public string Tail(int lines) => _process?.Tail(lines) ?? string.Empty;

    /// <summary>All lines of all its processes.</summary>
    public Task WriteLogAsync() => File.WriteAllTextAsync(
        folder + ".log",
        string.Concat(_former.Append(_process).OfType<HostProcess>().Select(process => $"== process {process.Id}\n{process.Error}\n")));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in _former.Append(_process).OfType<HostProcess>())
        {
            await process.DisposeAsync();
        }
    }

    private async Task PrepareAsync()
    {
        Forget();
        foreach (var old in new[] { Data, Space }.Where(Directory.Exists))
        {
            Directory.Delete(old, recursive: true);
        }

        foreach (var owned in new[] { folder, Space })
        {
            Directory.CreateDirectory(owned);
            await Command.RunAsync("chown", "postgres", owned);
        }
    }

    private void Forget()
    {
        if (_process is not null)
        {
            _former.Add(_process);
            _process = null;
        }
    }

    private static Task RunAsAccountAsync(params string[] command) => Command.RunAsync(_account[0], [.. _account[1..], .. command]);

    private async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(database));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private static string Binary(string name) => Directory.Exists(Versions)
        ? Path.Combine(Directory.GetDirectories(Versions).OrderBy(Order).Last(), "bin", name)
        : throw new InvalidOperationException($"PostgreSQL is not installed: there is no {Versions}. Run eng/chaos, or install the package postgresql-15.");

    private static int Order(string version) => int.TryParse(Path.GetFileName(version), CultureInfo.InvariantCulture, out var number) ? number : 0;
}
