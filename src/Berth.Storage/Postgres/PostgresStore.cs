using System.Security.Authentication;
using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>Opens a PostgreSQL database for what it is wanted for.</summary>
internal static class PostgresStore
{
    /// <summary>The oldest version whose tables and settings are used.</summary>
    private const int OldestVersion = 13;

    /// <summary>How the driver begins to say that there is none.</summary>
    private const string NoPassword = "No password has been provided";

    /// <summary>How long it may take until a server is found and the tables are there.</summary>
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(15);

    public static async ValueTask<Store> OpenAsync(PostgresAddress address, StoreUse use, StoreOptions options)
    {
        var hosts = new PostgresHosts(address);
        var clusterId = await EnterAsync(hosts, use, options.Time);
        var journal = new PostgresJournal(
            address.ConnectionString, options.Time, new PostgresJournalOptions { Writes = use != StoreUse.Read, Password = address.Password });
        var table = new PostgresMembershipTable(hosts, use == StoreUse.Read ? null : new MemberSession(hosts, options.Time));
        return new Store(journal, default, clusterId, async () =>
        {
            try
            {
                await journal.DisposeAsync();
            }
            finally
            {
                await table.DisposeAsync();
            }
        })
        {
            Shared = new SharedStore(table, table.HasEndedAsync),
        };
    }

    /// <summary>Checks the server, makes the tables if they may be made, and returns the cluster's id.</summary>
    private static async Task<string> EnterAsync(PostgresHosts hosts, StoreUse use, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(_limit, time);
        try
        {
            await using var session = await FirstAsync(hosts, limit.Token);
            await CheckServerAsync(hosts, session, limit.Token);
            await (use == StoreUse.Read
                ? PostgresSchema.LookAsync(session.Connection, limit.Token)
                : PostgresSchema.EnterAsync(session.Connection, limit.Token));
            await using var id = new NpgsqlCommand("SELECT id FROM cluster", session.Connection);
            return await id.ExecuteScalarAsync(limit.Token) as string
                ?? throw new StoreException($"database {hosts.Address} is damaged (it does not say which cluster's it is): restore a backup");
        }
        catch (Exception error) when (error is NpgsqlException || (error is OperationCanceledException && limit.IsCancellationRequested))
        {
            throw new StoreException(Explain(hosts.Address, error), error);
        }
    }

    /// <summary>
    /// A process that has just started, or a busy machine, may take longer for its first connections than a member may wait for them later:
    /// what was too slow is tried again, until the limit.
    /// </summary>
    private static async Task<PostgresSession> FirstAsync(PostgresHosts hosts, CancellationToken limit)
    {
        while (true)
        {
            try
            {
                return await hosts.OpenAsync(limit);
            }
            catch (NpgsqlException slow) when (slow.GetBaseException() is TimeoutException && !limit.IsCancellationRequested)
            {
                continue;
            }
        }
    }

    private static async Task CheckServerAsync(PostgresHosts hosts, PostgresSession session, CancellationToken cancel)
    {
        if (session.Connection.PostgreSqlVersion.Major < OldestVersion)
        {
            throw new StoreException($"PostgreSQL at {hosts.Address.HostNames} is version {session.Connection.PostgreSqlVersion}: "
                + $"use {OldestVersion} or a newer one");
        }

        // Two sessions at once, and then the first again: whoever lends one session to several shows here.
        await using var other = await FirstAsync(hosts, cancel);
        await using var who = new NpgsqlCommand("SELECT pg_backend_pid()", session.Connection);
        if (await who.ExecuteScalarAsync(cancel) is not int pid || pid != session.Connection.ProcessID || pid == other.Connection.ProcessID)
        {
            throw PostgresHosts.Pooled(hosts.Address.HostNames);
        }
    }

    private static string Explain(PostgresAddress address, Exception error) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } refused =>
            $"PostgreSQL lets the user of {address} not in ({refused.MessageText}): check the user, the password and pg_hba.conf",
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
            $"there is no database {address.Database} at {address.HostNames}: create it, owned by the user of the address",
        PostgresException refused => $"store {address} cannot be opened: {refused.MessageText} (SQLSTATE {refused.SqlState})",
        NpgsqlException when error.GetBaseException() is AuthenticationException untrusted =>
            $"the certificate of PostgreSQL at {address.HostNames} is not trusted ({untrusted.Message}): name its authority with sslrootcert=FILE in the address",
        NpgsqlException unknown when unknown.Message.StartsWith(NoPassword, StringComparison.Ordinal) =>
            $"PostgreSQL at {address.HostNames} asks for a password, and none was given: name its file with --store-password-file",
        OperationCanceledException => $"PostgreSQL at {address.HostNames} did not answer within {_limit.TotalSeconds} s: check the server and the way to it",
        _ => $"PostgreSQL cannot be reached at {address.HostNames} ({Innermost(error)}): check that it runs, listens there and takes writes",
    };

    private static string Innermost(Exception error) => error.InnerException is { } inner ? Innermost(inner) : error.Message;
}
