using Berth.Deploy.Tests.Machine;
using Berth.Testing.Processes;
using Npgsql;

namespace Berth.Deploy.Tests.Docker;

/// <summary>A primary and its standby, made by the scripts that the containers run, in the steps of the image's entrypoint.</summary>
internal sealed class PostgresPair : IAsyncDisposable
{
    private const string Superuser = "of-this-test-only";

    private readonly TestFolder _folder = new();
    private readonly Dictionary<string, string> _primary;
    private readonly Dictionary<string, string> _standby;
    private LiveMember? _primaryServer;
    private LiveMember? _standbyServer;

    public PostgresPair()
    {
        foreach (var name in new[] { "primary", "standby", "scripts", "run-1", "run-2" })
        {
            Directory.CreateDirectory(_folder.File(name));
        }

        var path = ("PATH", Binaries + ":" + Environment.GetEnvironmentVariable("PATH"));
        _primary = Site.Environment(path, ("PGDATA", _folder.File("primary/data")), ("PGHOST", _folder.File("run-1")), ("PGPORT", $"{PrimaryPort}"), ("SECRETS", Secrets));
        _standby = Site.Environment(
            path, ("PGDATA", _folder.File("standby/data")), ("PRIMARY_HOST", "127.0.0.1"), ("PRIMARY_PORT", $"{PrimaryPort}"), ("SECRETS", Secrets), ("RUN_FOLDER", _folder.File("run-2")));
    }

    public int PrimaryPort { get; } = NodeCalls.FreePort();

    public int StandbyPort { get; } = NodeCalls.FreePort();

    /// <summary>The folder of the secrets.</summary>
    public string Secrets => _folder.File("secrets");

    public string SecretOf(string name) => File.ReadAllText(Path.Combine(Secrets, name));

    private static string Binaries => Directory.GetDirectories("/usr/lib/postgresql").OrderBy(folder => int.Parse(Path.GetFileName(folder))).Select(folder => Path.Combine(folder, "bin")).Last();

    /// <summary>Makes the primary's data with the script, and starts it.</summary>
    public async Task StartPrimaryAsync()
    {
        await Tool.RunAsync(Repository.File("docker/secrets"), Secrets);
        File.WriteAllText(_folder.File("superuser"), Superuser);
        foreach (var script in new[] { "primary.sh", "standby.sh" })
        {
            File.Copy(Repository.File("docker/postgres/" + script), _folder.File("scripts/" + script));
        }

        await Tool.RunAsync("bash", "-c", $"cd '{_folder.Path}' && mkdir primary/data standby/data && chmod 0755 . && chown -R postgres: . && chmod 0700 primary/data standby/data");
        await ToEndAsync(["initdb", "--username=postgres", $"--pwfile={_folder.File("superuser")}", "--auth-host=scram-sha-256", "--auth-local=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]);
        await ToEndAsync(["bash", "-c", "printf 'host all all all scram-sha-256\\n' >>\"$PGDATA/pg_hba.conf\""]);
        await ToEndAsync(["pg_ctl", "-w", "-l", _folder.File("run-1/log"), "-o", $"-c listen_addresses= -k {_primary["PGHOST"]} -p {PrimaryPort}", "start"]);
        await ToEndAsync(["bash", _folder.File("scripts/primary.sh")]);
        await ToEndAsync(["pg_ctl", "-w", "-m", "fast", "stop"]);
        _primaryServer = Launch(["postgres", .. ListeningAt(PrimaryPort, "run-1")], _primary);
        await _primaryServer.Error.WaitForAsync("ready to accept connections");
    }

    /// <summary>Runs the standby's script; it copies the primary if it has nothing yet.</summary>
    public async Task StartStandbyAsync()
    {
        _standbyServer = Launch(["bash", _folder.File("scripts/standby.sh"), .. ListeningAt(StandbyPort, "run-2")], _standby);
        await _standbyServer.Error.WaitForAsync("started streaming WAL");
    }

    public async Task StopStandbyAsync()
    {
        await _standbyServer!.SignalAsync("INT");
        await _standbyServer.EndAsync();
    }

    /// <summary>The primary is gone; the standby takes its place, as the head of its script says.</summary>
    public async Task PromoteAsync()
    {
        await _primaryServer!.SignalAsync("QUIT");
        await _primaryServer.EndAsync();
        _primaryServer = null;
        await ToEndAsync(["pg_ctl", "-w", "-D", _standby["PGDATA"], "promote"]);
        await AskAsync(StandbyPort, "postgres", Superuser, "postgres", "ALTER SYSTEM RESET synchronous_standby_names");
        await AskAsync(StandbyPort, "postgres", Superuser, "postgres", "SELECT pg_reload_conf()");
    }

    /// <summary>Asks the primary as its administrator.</summary>
    public Task<string> AskPrimaryAsync(string query) => AskAsync(PrimaryPort, "postgres", Superuser, "postgres", query);

    /// <summary>Asks either as the members do.</summary>
    public Task<string> AskAsMemberAsync(int port, string query, CancellationToken limit = default) => AskAsync(port, "berth", SecretOf("store-password"), "berth", query, limit);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in new[] { _standbyServer, _primaryServer }.OfType<LiveMember>())
        {
            await server.SignalAsync("QUIT");
            await server.EndAsync();
        }

        _folder.Dispose();
    }

    private static async Task<string> AskAsync(int port, string user, string password, string database, string query, CancellationToken limit = default)
    {
        await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={port};Username={user};Password={password};Database={database};Pooling=false");
        await connection.OpenAsync(limit);
        await using var command = new NpgsqlCommand(query, connection);
        return (await command.ExecuteScalarAsync(limit))?.ToString() ?? string.Empty;
    }

    private string[] ListeningAt(int port, string run) => ["-c", $"port={port}", "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={_folder.File(run)}", "-c", "fsync=off"];

    private LiveMember Launch(IReadOnlyList<string> command, Dictionary<string, string> environment) =>
        LiveMember.Launch("setpriv", "/", ["--reuid=postgres", "--regid=postgres", "--clear-groups", "--", .. command], environment);

    private async Task ToEndAsync(IReadOnlyList<string> command)
    {
        await using var step = Launch(command, _primary);
        (await step.EndAsync()).ShouldBe(0, $"{string.Join(' ', command)}\n{step.Out}\n{step.Error}");
    }
}
