using System.Globalization;
using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>Where a journal's connections come from, and how each of them is set up.</summary>
internal sealed class JournalSessions : IAsyncDisposable
{
    /// <summary>
    /// What every connection asks for. Plans are made once, and for tables that have grown: a fresh table has no statistics, and its plan would
    /// scan it. A statement whose lock is held for long is refused, which is certain; whoever has gone away holds no lock for long.
    /// </summary>
    private const string Settings =
        @"-c default_transaction_isolation=read\ committed -c idle_in_transaction_session_timeout=1000"
        + " -c statement_timeout=0 -c client_min_messages=warning -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off"
        + " -c plan_cache_mode=force_generic_plan -c jit=off -c max_parallel_workers_per_gather=0 -c work_mem=32MB";

    /// <summary>
    /// What was committed must be on disk; how many standbys have it is the operator's choice. The other two are not there on every system:
    /// with them the server ends the session of a member that is gone, and with it the locks.
    /// </summary>
    private const string Prepare = """
        SELECT set_config(name, CASE name WHEN 'synchronous_commit' THEN 'on' WHEN 'tcp_user_timeout' THEN '5000' ELSE '1000' END, false)
        FROM pg_settings
        WHERE name IN ('tcp_user_timeout', 'client_connection_check_interval') OR (name = 'synchronous_commit' AND setting = 'off')
        """;

    private const int MostPrepared = 40;

    private readonly WritableHosts _own;
    private readonly WritableHosts _shared;

    /// <param name="connectionString">As Npgsql takes it; several hosts follow a failover.</param>
    /// <param name="options">Limits.</param>
    /// <param name="time">Where time comes from.</param>
    public JournalSessions(string connectionString, PostgresJournalOptions options, TimeProvider time)
    {
        Options = options;
        Time = time;
        _own = Build(connectionString, options, settings => settings.Pooling = false);
        _shared = Build(connectionString, options, settings =>
        {
            settings.MaxPoolSize = options.ReadConnections;
            settings.NoResetOnClose = true;
            settings.CommandTimeout = Seconds(options.TimeLimit);
        });
    }

    public PostgresJournalOptions Options { get; }

    public TimeProvider Time { get; }

    /// <summary>
    /// A connection that its caller keeps, after <paramref name="ready"/> was done on it. It is there within <see cref="PostgresJournalOptions.TimeLimit"/>
    /// or not at all: a server that takes a connection and then says nothing would otherwise be waited for until the system gives up.
    /// </summary>
    public async Task<JournalSession> OpenAsync(Func<JournalSession, Task>? ready = null)
    {
        var opening = ConnectAsync(ready);
        try
        {
            return await opening.WaitAsync(Options.TimeLimit, Time);
        }
        catch
        {
            _ = CloseLateAsync(opening);
            throw;
        }
    }

    /// <summary>One of the connections for short reads, to be given back. Its caller has seen to it that there is one.</summary>
    public Task<NpgsqlConnection> RentAsync() => _shared.OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await _own.DisposeAsync();
        await _shared.DisposeAsync();
    }

    private async Task<JournalSession> ConnectAsync(Func<JournalSession, Task>? ready)
    {
        var connection = await _own.OpenAsync();
        try
        {
            await using var prepare = new NpgsqlCommand(Prepare, connection);
            await prepare.ExecuteNonQueryAsync();
            var session = new JournalSession(connection);
            await (ready?.Invoke(session) ?? Task.CompletedTask);
            return session;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task CloseLateAsync(Task<JournalSession> opening)
    {
        await using var session = await opening;
    }

    private static WritableHosts Build(string connectionString, PostgresJournalOptions options, Action<NpgsqlConnectionStringBuilder> more) =>
        new(connectionString, settings =>
        {
            Set(settings, options);
            more(settings);
            var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
            options.Password?.Give(builder);
            return builder;
        });

    private static void Set(NpgsqlConnectionStringBuilder settings, PostgresJournalOptions options)
    {
        settings.Timeout = Seconds(options.ConnectLimit);
        settings.CommandTimeout = 0;
        settings.Multiplexing = false;
        settings.Enlist = false;

        // A peer that went away without a word is noticed within some ten seconds, and its connection ends.
        settings.TcpKeepAlive = true;
        settings.TcpKeepAliveTime = 5;
        settings.TcpKeepAliveInterval = 1;
        settings.MaxAutoPrepare = MostPrepared;
        settings.AutoPrepareMinUsages = 2;
        settings.Options = string.Create(
            CultureInfo.InvariantCulture, $"{settings.Options} {Settings} -c lock_timeout={(int)options.LockLimit.TotalMilliseconds}").Trim();
    }

    private static int Seconds(TimeSpan limit) =>
        limit >= TimeSpan.FromSeconds(1) ? (int)limit.TotalSeconds : throw new ArgumentOutOfRangeException(
            nameof(limit), string.Create(CultureInfo.InvariantCulture, $"a limit of {limit} is less than a second"));
}
