using System.Globalization;
using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>Tells whose database it is, and makes the tables of the journal and of the membership.</summary>
internal static class PostgresSchema
{
    /// <summary>The version this program reads and writes.</summary>
    public const int Version = 1;

    /// <summary>"Brth": who makes or checks the tables holds this advisory lock.</summary>
    private const long AdvisoryKey = 0x42727468;

    /// <summary>The scripts of version 1, in order. Each later version is a file of its own.</summary>
    private static readonly string[] _scripts = ["Postgres.journal.sql", "Postgres.membership.sql"];

    /// <summary>
    /// Checks the database and makes its tables if there are none, in one transaction: any number of members may do so at once. Fails with
    /// <see cref="StoreException"/>, having changed nothing.
    /// </summary>
    /// <param name="connection">An open connection without a transaction.</param>
    /// <param name="stop">Gives up.</param>
    public static async Task EnterAsync(NpgsqlConnection connection, CancellationToken stop = default)
    {
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(stop);
            await RunAsync(connection, string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_xact_lock({AdvisoryKey})"), stop);
            if (await ReadVersionAsync(connection, stop) is { } version)
            {
                Check(connection, version);
                if (await LacksFormerDigestAsync(connection, stop))
                {
                    await RunAsync(connection, "ALTER TABLE cluster ADD COLUMN former_digest text", stop);
                    await transaction.CommitAsync(stop);
                }

                return;
            }

            await CheckEncodingAsync(connection, stop);
            foreach (var script in _scripts.Select(Script).OfType<string>())
            {
                await RunAsync(connection, script, stop);
            }

            await RunAsync(connection, "CREATE TABLE berth_schema (one boolean PRIMARY KEY CHECK (one), version integer NOT NULL)", stop);
            await RunAsync(connection, string.Create(CultureInfo.InvariantCulture, $"INSERT INTO berth_schema VALUES (true, {Version})"), stop);
            await transaction.CommitAsync(stop);
        }
        catch (PostgresException error)
        {
            throw new StoreException(Explain(connection, error), error);
        }
    }

    /// <summary>Checks a database that is only to be read. Fails with <see cref="StoreException"/>.</summary>
    public static async Task LookAsync(NpgsqlConnection connection, CancellationToken stop = default)
    {
        Check(connection, await ReadVersionAsync(connection, stop)
            ?? throw new StoreException($"database {Name(connection)} has no tables of Berth: `serve` or `add` makes them"));
    }

    private static void Check(NpgsqlConnection connection, int version)
    {
        if (version > Version)
        {
            throw new StoreException($"database {Name(connection)} has schema {version} of a newer version of Berth, "
                + $"and this one knows up to {Version}: it was left as it is; use the newer version");
        }
    }

    private static async Task<int?> ReadVersionAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        await using var there = new NpgsqlCommand("SELECT to_regclass('berth_schema') IS NOT NULL", connection);
        if (await there.ExecuteScalarAsync(stop) is not true)
        {
            return null;
        }

        await using var version = new NpgsqlCommand("SELECT version FROM berth_schema", connection);
        return await version.ExecuteScalarAsync(stop) is int found
            ? found
            : throw new StoreException($"database {Name(connection)} is damaged (it does not say what it is): restore a backup");
    }

    /// <summary>Members that do not know this column work beside it, so it came without a new version.</summary>
    private static async Task<bool> LacksFormerDigestAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        await using var there = new NpgsqlCommand(
            "SELECT NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'cluster'::regclass AND attname = 'former_digest')", connection);
        return await there.ExecuteScalarAsync(stop) is true;
    }

    private static async Task CheckEncodingAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        await using var encoding = new NpgsqlCommand("SHOW server_encoding", connection);
        if (await encoding.ExecuteScalarAsync(stop) is not "UTF8")
        {
            throw new StoreException($"database {Name(connection)} is not encoded in UTF8: create one with ENCODING 'UTF8'");
        }
    }

    private static string Explain(NpgsqlConnection connection, PostgresException error) => error.SqlState switch
    {
        PostgresErrorCodes.DuplicateTable => $"database {Name(connection)} belongs to another application ({error.MessageText}): "
            + "it was left as it is; name another database",
        PostgresErrorCodes.InsufficientPrivilege => $"the tables of Berth cannot be made in database {Name(connection)} "
            + $"({error.MessageText}): make the user {connection.UserName} the owner of the database",
        _ => $"database {Name(connection)} could not be prepared: {error.MessageText} (SQLSTATE {error.SqlState})",
    };

    private static string Name(NpgsqlConnection connection) => $"{connection.Database} on {connection.Host}";

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(stop);
    }

    private static string? Script(string name)
    {
        using var stream = typeof(PostgresSchema).Assembly.GetManifestResourceStream(name);
        if (stream is null)
        {
            return null;
        }

        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
