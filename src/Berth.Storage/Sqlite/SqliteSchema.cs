using System.Security.Cryptography;
using SQLitePCL;

namespace Berth.Storage.Sqlite;

/// <summary>What a database says about itself.</summary>
/// <param name="ClusterId">Made with the database.</param>
/// <param name="Incarnation">How often a writer has opened it.</param>
internal sealed record SqliteIdentity(string ClusterId, long Incarnation);

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
    /// may do so at once. A file that is refused is left as it was.
    /// </summary>
    public static SqliteIdentity Enter(SqliteDatabase database, TimeProvider time)
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
            database.Execute("UPDATE meta SET incarnation = incarnation + 1");
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
        if (IsEmpty(database))
        {
            throw new StoreException($"database {database.Path} is empty: `serve` or `add` makes its tables");
        }

        CheckApplication(database);
        var version = CheckVersion(database);
        return version == Version
            ? ReadIdentity(database)
            : throw new StoreException($"database {database.Path} has the older schema {version}: start a member on it once to upgrade it");
    }

    private static bool IsEmpty(SqliteDatabase database) =>
        database.Number("PRAGMA application_id") == 0 && database.Number("SELECT count(*) FROM sqlite_schema") == 0;

    private static void CheckApplication(SqliteDatabase database)
    {
        if (database.Number("PRAGMA application_id") == ApplicationId)
        {
            return;
        }

        const string RelayTables =
            "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('schema_migrations', 'licenses', 'nodes')";
        throw database.Number(RelayTables) == 3
            ? new StoreException($"{database.Path} is a database of Keygen Relay, which this version cannot import yet: "
                + "it was left as it is; name another file")
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

    private static SqliteIdentity ReadIdentity(SqliteDatabase database) =>
        new(database.Text("SELECT cluster_id FROM meta"), database.Number("SELECT incarnation FROM meta"));

    private static string Script(string name)
    {
        using var stream = typeof(SqliteSchema).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The script {name} is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
