using System.Security.Cryptography;
using SQLitePCL;

namespace Berth.Storage.Sqlite;

/// <summary>What a database says about itself.</summary>
/// <param name="ClusterId">Made with the database.</param>
/// <param name="Incarnation">How often a writer has opened it.</param>
/// <param name="Withheld">Why it gives no seats; null: it does.</param>
internal sealed record SqliteIdentity(string ClusterId, long Incarnation, WithheldGrants? Withheld);

/// <summary>Tells whose database a file is, and makes or upgrades the tables.</summary>
internal static class SqliteSchema
{
    /// <summary>"Brth", in the header of the file, so that nobody takes it for another application's.</summary>
    public const int ApplicationId = 0x42727468;

    private const int MostAttempts = 20;

    /// <summary>The scripts, each from the version of its index to the next.</summary>
    private static readonly string[] _upgrades = ["schema.sql", "schema-2.sql"];

    /// <summary>The version this program reads and writes.</summary>
    public static int Version => _upgrades.Length;

    /// <summary>
    /// Checks the file, makes or upgrades its tables and raises the incarnation, in one transaction: any number of writers
    /// may do so at once. A file that is refused is left as it was. One that is behind <paramref name="noted"/> is marked as a copy
    /// and goes on after it, so that the original is behind from then on, should it come back.
    /// </summary>
    public static SqliteIdentity Enter(SqliteDatabase database, TimeProvider time, StorePosition? noted = null)
    {
        database.CheckpointOnClose(false);
        if (IsEmpty(database))
        {
            // It cannot be changed once there is a page. Small pages: each commit writes every page it touches to the log.
            database.Execute("PRAGMA page_size = 4096");
        }

        database.Execute("BEGIN IMMEDIATE");
        try
        {
            if (IsEmpty(database))
            {
                Create(database, time);
            }

            CheckApplication(database);
            Upgrade(database);
            var position = Position(database);
            var behind = position.IsBehind(noted);
            if (behind)
            {
                Withhold(database, new WithheldGrants(position.Behind(noted!), time.GetUtcNow()));
            }

            using (var raise = database.Prepare("UPDATE meta SET incarnation = max(incarnation, ?1) + 1"))
            {
                raise.Bind(1, behind ? noted!.Incarnation : 0).Run();
            }

            var identity = ReadIdentity(database);
            database.Execute("COMMIT");
            database.CheckpointOnClose(true);
            return identity;
        }
        finally
        {
            database.Rollback();
        }
    }

    /// <summary>Brings a copy that nobody else has open to this version of the tables, and marks it unless it is marked.</summary>
    public static void Mark(SqliteDatabase copy, WithheldGrants mark)
    {
        copy.Execute("BEGIN IMMEDIATE");
        try
        {
            CheckApplication(copy);
            Upgrade(copy);
            Withhold(copy, mark);
            copy.Execute("COMMIT");
        }
        finally
        {
            copy.Rollback();
        }
    }

    /// <summary>How far a database of this version has come.</summary>
    public static StorePosition Position(SqliteDatabase database)
    {
        using var position = database.Prepare("SELECT cluster_id, incarnation, (SELECT total(version) FROM pools) FROM meta");
        return position.Step()
            ? new StorePosition(position.Text(0), position.Number(1), position.Number(2))
            : throw new StoreException($"database {database.Path} is damaged (it does not say what it is): restore a backup");
    }

    /// <summary>Switches the file to a write-ahead log, for which it must be alone with it for a moment.</summary>
    public static void UseLog(SqliteDatabase database)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            try
            {
                var mode = database.Text("PRAGMA journal_mode = WAL");
                if (mode is "wal")
                {
                    return;
                }

                throw new StoreException($"database {database.Path} is on a file system without shared memory (journal mode {mode}): "
                    + "use a local one");
            }
            catch (SqliteErrorException error) when (error.PrimaryCode == raw.SQLITE_BUSY)
            {
                // The switch itself waits for nobody; an exclusive transaction waits for those who read.
                database.Execute("BEGIN EXCLUSIVE");
                database.Rollback();
            }
        }

        throw new StoreException($"database {database.Path} is being read without a pause: end the program that reads it");
    }

    /// <summary>Checks a file that is only to be read.</summary>
    public static SqliteIdentity Look(SqliteDatabase database)
    {
        var version = LookAtAny(database);
        return version == Version
            ? ReadIdentity(database)
            : throw new StoreException($"database {database.Path} has the older schema {version}: start a member on it once to upgrade it");
    }

    /// <summary>Checks a file of this version or an older one, and returns the version.</summary>
    public static int LookAtAny(SqliteDatabase database)
    {
        if (IsEmpty(database))
        {
            throw new StoreException($"database {database.Path} is empty: `serve` or `add` makes its tables");
        }

        CheckApplication(database);
        return CheckVersion(database);
    }

    private static bool IsEmpty(SqliteDatabase database) =>
        database.Number("PRAGMA application_id") == 0 && database.Number("SELECT count(*) FROM sqlite_schema") == 0;

    private static void CheckApplication(SqliteDatabase database)
    {
        if (database.Number("PRAGMA application_id") == ApplicationId)
        {
            return;
        }

        throw RelayDatabase.HasTables(database)
            ? new StoreException($"{database.Path} is a database of Keygen Relay: it was left as it is; "
                + $"name another file, and take this one over with `berth import {database.Path}`")
            : new StoreException($"{database.Path} belongs to another application: it was left as it is; name another file");
    }

    private static int CheckVersion(SqliteDatabase database)
    {
        var version = database.Number("SELECT schema FROM meta");
        return version <= Version
            ? (int)version
            : throw new StoreException($"database {database.Path} has schema {version} of a newer version of Berth, "
                + $"and this one knows up to {Version}: it was left as it is; use the newer version");
    }

    private static void Create(SqliteDatabase database, TimeProvider time)
    {
        database.Execute("PRAGMA application_id = 0x42727468");
        database.Execute(Script(_upgrades[0]));
        using var meta = database.Prepare("INSERT INTO meta (one, schema, cluster_id, incarnation, created) VALUES (1, 1, ?1, 0, ?2)");
        meta.Bind(1, RandomNumberGenerator.GetHexString(32, lowercase: true)).Bind(2, time.GetUtcNow().ToUnixTimeSeconds()).Run();
    }

    private static void Upgrade(SqliteDatabase database)
    {
        for (var version = CheckVersion(database); version < Version; version++)
        {
            database.Execute(Script(_upgrades[version]));
            using var meta = database.Prepare("UPDATE meta SET schema = ?1");
            meta.Bind(1, version + 1).Run();
        }
    }

    private static SqliteIdentity ReadIdentity(SqliteDatabase database)
    {
        using var meta = database.Prepare("SELECT cluster_id, incarnation, withheld, withheld_since FROM meta");
        if (!meta.Step())
        {
            throw new StoreException($"database {database.Path} is damaged (it does not say what it is): restore a backup");
        }

        var why = meta.Text(2);
        var withheld = why.Length == 0 ? null : new WithheldGrants(why, DateTimeOffset.FromUnixTimeSeconds(meta.Number(3)));
        return new SqliteIdentity(meta.Text(0), meta.Number(1), withheld);
    }

    /// <summary>The first reason stands.</summary>
    private static void Withhold(SqliteDatabase database, WithheldGrants mark)
    {
        using var meta = database.Prepare("UPDATE meta SET withheld = ?1, withheld_since = ?2 WHERE withheld IS NULL");
        meta.Bind(1, mark.Why).Bind(2, mark.Since.ToUnixTimeSeconds()).Run();
    }

    private static string Script(string name)
    {
        using var stream = typeof(SqliteSchema).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The script {name} is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
