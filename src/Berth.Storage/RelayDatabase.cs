using System.Text;
using Berth.Storage.Sqlite;
using SQLitePCL;

namespace Berth.Storage;

/// <summary>
/// A database that Keygen Relay made, as it was when it was opened: what its log (<c>-wal</c>) holds counts, and nothing of it is
/// changed. One thread at a time.
/// </summary>
public sealed class RelayDatabase : IDisposable
{
    /// <summary>The schema of Relay 1.3, the one that is known here.</summary>
    public const long SchemaVersion = 1_755_607_637;

    private const string Everything = """
        SELECT l.id, l.guid, l.pool_id IS NOT NULL, p.name, length(CAST(l.file AS BLOB)), l.claims, l.last_claimed_at,
               l.last_released_at, l.created_at, l.node_id IS NOT NULL, n.id IS NOT NULL AND n.deactivated_at IS NULL, n.fingerprint
        FROM licenses l LEFT JOIN pools p ON p.id = l.pool_id LEFT JOIN nodes n ON n.id = l.node_id
        ORDER BY l.pool_id IS NOT NULL, l.pool_id, l.created_at, l.id
        """;

    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _file;

    private RelayDatabase(SqliteDatabase database)
    {
        CheckVersion(database);
        _database = database;
        Pools = ReadPools(database);
        Licenses = ReadLicenses(database);
        _file = database.Prepare("SELECT file, key FROM licenses WHERE id = ?1");
    }

    /// <summary>The names of its pools, in the order in which they were made.</summary>
    public IReadOnlyList<string> Pools { get; }

    /// <summary>Its licenses, pool by pool (the global one first), in each in the order in which Relay gives them out.</summary>
    public IReadOnlyList<RelayLicense> Licenses { get; }

    /// <summary>
    /// Opens a database for reading. A Relay that is running may go on; what it writes from here on is not seen. Fails with
    /// <see cref="StoreException"/>, also for a file that is not Relay's.
    /// </summary>
    public static RelayDatabase Open(string path)
    {
        var file = SqliteFile.Resolve(path);
        if (!File.Exists(file))
        {
            throw new StoreException($"there is no database {file}");
        }

        var database = SqliteDatabase.Open(file, SqliteAccess.ReadOnly);
        try
        {
            database.CheckpointOnClose(false);
            database.Execute("BEGIN");
            return Over(database);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>The exact bytes of a license's file, and its key.</summary>
    public (byte[] File, string Key) ReadFile(RelayLicense license)
    {
        _file.Bind(1, license.Row);
        if (!_file.Step())
        {
            throw new StoreException($"database {_database.Path} has lost license {license.Id}: restore a backup");
        }

        var found = (_file.Bytes(0), Text(_file, 1));
        _file.Reset();
        return found;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _database.Dispose();
    }

    /// <summary>Reads over a connection, which is closed with it.</summary>
    internal static RelayDatabase Over(SqliteDatabase database) => HasTables(database)
        ? new RelayDatabase(database)
        : throw new StoreException($"{database.Path} is not a database of Keygen Relay: name another file");

    /// <summary>Whether the tables are Relay's.</summary>
    internal static bool HasTables(SqliteDatabase database) =>
        database.Number("PRAGMA application_id") == 0
        && database.Number("""
            SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('schema_migrations', 'licenses', 'nodes')
            """) == 3;

    /// <summary>Whether a file is Relay's. Null: somebody has it for himself, so that it cannot be known.</summary>
    internal static bool? IsAt(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        try
        {
            using var database = SqliteDatabase.Open(path, SqliteAccess.ReadOnly);
            database.CheckpointOnClose(false);
            return HasTables(database);
        }
        catch (SqliteErrorException error)
        {
            // Whatever else is wrong with the file, opening it as a store says it better.
            return error.PrimaryCode is raw.SQLITE_BUSY ? null : false;
        }
    }

    private static void CheckVersion(SqliteDatabase database)
    {
        using var statement = database.Prepare("SELECT version, dirty FROM schema_migrations ORDER BY version DESC LIMIT 1");
        if (!statement.Step())
        {
            throw new StoreException($"database {database.Path} of Keygen Relay has no schema version: start Relay 1.3 on it once");
        }

        var (version, dirty) = (statement.Number(0), statement.Number(1) != 0);
        statement.Reset();
        if (dirty)
        {
            throw new StoreException($"database {database.Path} of Keygen Relay is left dirty at schema {version}: "
                + "a migration of Relay did not end; restore a backup of it");
        }

        if (version != SchemaVersion)
        {
            throw new StoreException(version < SchemaVersion
                ? $"database {database.Path} of Keygen Relay has the older schema {version}: start Relay 1.3 on it once, then import it"
                : $"database {database.Path} has schema {version} of a newer Keygen Relay, and this program knows {SchemaVersion}: "
                    + "use a newer version of Berth");
        }
    }

    private static List<string> ReadPools(SqliteDatabase database)
    {
        var pools = new List<string>();
        using var statement = database.Prepare("SELECT name FROM pools ORDER BY id");
        while (statement.Step())
        {
            pools.Add(Text(statement, 0));
        }

        return pools;
    }

    private static List<RelayLicense> ReadLicenses(SqliteDatabase database)
    {
        var licenses = new List<RelayLicense>();
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        using var rows = database.Prepare(Everything);
        while (rows.Step())
        {
            var (pooled, name) = (rows.Number(2) != 0, Text(rows, 3));
            names.TryAdd(name, name);
            var (held, live) = (rows.Number(9) != 0, rows.Number(10) != 0);
            licenses.Add(new RelayLicense(
                rows.Number(0),
                Text(rows, 1),
                pooled ? names[name] : null,
                pooled && name.Length == 0,
                rows.Number(4),
                rows.Number(5),
                rows.Number(6),
                rows.Number(7),
                rows.Number(8),
                live ? Text(rows, 11) : null,
                held && !live));
        }

        return licenses;
    }

    /// <summary>The whole text: SQLite's own conversion ends at the first zero, which would make one fingerprint of two.</summary>
    private static string Text(SqliteStatement statement, int column) => Encoding.UTF8.GetString(statement.Span(column));
}
