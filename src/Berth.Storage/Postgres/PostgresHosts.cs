using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>
/// Opens connections to whichever of an address's servers takes writes. All that share this begin where the last one got through; a host
/// that failed, or did not answer before the caller's limit, is the last to be tried again. So a silent host costs one limit and not one
/// for each call.
/// </summary>
internal sealed class PostgresHosts(PostgresAddress address)
{
    /// <summary>How long a session that was opened is kept waiting for a row, in ms: longer than any call may take.</summary>
    private const string LockTimeout = "2000";

    /// <summary>A member that stands still in a transaction holds up the others for so long, in ms.</summary>
    private const string IdleInTransaction = "1000";

    /// <summary>After so long without an answer from the member's machine its session ends, in ms.</summary>
    private const string Unanswered = "5000";

    /// <summary>How often a server that waits or computes looks whether the member is still there, in ms.</summary>
    private const string LookForClient = "500";

    /// <summary>
    /// Off is never taken: what was answered would be lost with the server. Other choices are the operator's, as they were when the
    /// session began. Some settings are not there on every version and system.
    /// </summary>
    private const string Settings = $"""
        SELECT pg_backend_pid(), pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean,
               set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false),
               set_config('default_transaction_isolation', 'read committed', false),
               set_config('idle_in_transaction_session_timeout', '{IdleInTransaction}', false), set_config('lock_timeout', '{LockTimeout}', false),
               set_config('statement_timeout', '0', false),
               (SELECT count(set_config(name, CASE name WHEN 'client_connection_check_interval' THEN '{LookForClient}' ELSE '{Unanswered}' END, false))
                FROM pg_settings WHERE name IN ('client_connection_check_interval', 'tcp_user_timeout')),
               (SELECT count(set_config(name, CASE name WHEN 'tcp_keepalives_count' THEN '3' ELSE '2' END, false))
                FROM pg_settings WHERE name IN ('tcp_keepalives_idle', 'tcp_keepalives_interval', 'tcp_keepalives_count'))
        """;

    private readonly string[] _strings = [.. address.Hosts.Select(address.ConnectionStringOf)];
    private int _first;

    /// <summary>Where they lead.</summary>
    public PostgresAddress Address => address;

    /// <summary>Opens a session. Fails with <see cref="NpgsqlException"/>, or <see cref="StoreException"/> where a pooler answers.</summary>
    public async Task<PostgresSession> OpenAsync(CancellationToken cancel)
    {
        var first = Volatile.Read(ref _first);
        NpgsqlException? failure = null;
        for (var i = 0; i < _strings.Length; i++)
        {
            var at = (first + i) % _strings.Length;
            try
            {
                var session = await OpenAsync(at, cancel);
                Volatile.Write(ref _first, at);
                return session;
            }
            catch (NpgsqlException error) when (!cancel.IsCancellationRequested)
            {
                failure ??= error;
            }
            catch (Exception error) when (cancel.IsCancellationRequested)
            {
                Interlocked.CompareExchange(ref _first, (at + 1) % _strings.Length, first);
                throw new OperationCanceledException($"connecting to {address.Hosts[at]} was given up", error, cancel);
            }
        }

        throw failure!;
    }

    private async Task<PostgresSession> OpenAsync(int at, CancellationToken cancel)
    {
        var connection = new NpgsqlConnection(address.Password?.Into(_strings[at]) ?? _strings[at]);
        try
        {
            await connection.OpenAsync(cancel);
            await using var settings = new NpgsqlCommand(Settings, connection);
            await using (var reader = await settings.ExecuteReaderAsync(cancel))
            {
                await reader.ReadAsync(cancel);
                if (reader.GetInt32(0) != connection.ProcessID)
                {
                    // A pooler tells its clients a process of its own making, so that they ask it, and not the server, to cancel.
                    throw Pooled(address.Hosts[at].ToString());
                }

                if (reader.GetBoolean(1))
                {
                    throw new NpgsqlException($"{address.Hosts[at]} takes no writes: it is a standby, or read-only");
                }
            }

            return new PostgresSession(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>What is said where sessions are not one's own.</summary>
    public static StoreException Pooled(string where) => new($"between this member and PostgreSQL at {where} stands a connection pooler: it lends "
        + "one session to several, and members are told apart by theirs. Name the address of PostgreSQL itself");
}
