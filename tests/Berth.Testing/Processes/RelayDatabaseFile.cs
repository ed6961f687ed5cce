using System.Text;
using SQLitePCL;

namespace Berth.Testing.Processes;

/// <summary>A database as Keygen Relay 1.3 makes it: its tables, its indexes, its log beside the file.</summary>
public sealed class RelayDatabaseFile : IDisposable
{
    private readonly sqlite3 _database;

    /// <summary>Makes the database. With <paramref name="killed"/> its log stays beside it, as when Relay was killed.</summary>
    public RelayDatabaseFile(string path, bool killed = true)
    {
        Batteries_V2.Init();
        Path = path;
        Check(raw.sqlite3_open(path, out _database));
        Check(raw.sqlite3_db_config(_database, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, killed ? 1 : 0, out _));
        Execute("PRAGMA foreign_keys = OFF; PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0");
        Execute(Tables);
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Runs statements.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(_database, sql));

    /// <summary>Adds a pool.</summary>
    public void AddPool(string name)
    {
        Run("INSERT INTO pools (name, created_at) VALUES (?1, 1700000000)", name);
        Run("INSERT INTO audit_logs (event_type_id, entity_type_id, entity_id) VALUES (11, 3, last_insert_rowid())");
    }

    /// <summary>Adds a license that the vendor issued, as <c>relay add</c> does.</summary>
    public string Add(TestVendor vendor, string? pool = null, long created = 1_700_000_000, DateTimeOffset? expiry = null)
    {
        var (id, file, key) = vendor.Issue(expiry: expiry);
        Run(
            "INSERT INTO licenses (guid, file, key, pool_id, created_at) VALUES (?1, ?2, ?3, (SELECT id FROM pools WHERE name = ?4), ?5)",
            id,
            file,
            key,
            pool ?? string.Empty,
            created);
        return id;
    }

    /// <summary>Lets a node hold a license, as a claim does.</summary>
    public void Hold(string license, object fingerprint, long at = 1_700_000_500, bool deactivated = false)
    {
        Run("INSERT INTO nodes (fingerprint, last_heartbeat_at) VALUES (CAST(?1 AS TEXT), ?2)", fingerprint, at);
        if (deactivated)
        {
            Run("UPDATE nodes SET deactivated_at = ?1 WHERE id = last_insert_rowid()", at);
        }

        Run("UPDATE licenses SET node_id = last_insert_rowid(), claims = claims + 1, last_claimed_at = ?2 WHERE guid = ?1", license, at);
    }

    /// <summary>What a license counted before.</summary>
    public void Count(string license, long claims, long lastReleased) =>
        Run("UPDATE licenses SET claims = ?2, last_claimed_at = ?3 - 10, last_released_at = ?3 WHERE guid = ?1", license, claims, lastReleased);

    /// <summary>Everything in a database, as text: tables, then rows.</summary>
    public static string Dump(string path)
    {
        Batteries_V2.Init();
        Check(raw.sqlite3_open_v2(path, out var database, raw.SQLITE_OPEN_READONLY, null));
        using (database)
        {
            var text = new StringBuilder();
            var tables = Rows(database, "SELECT name, sql FROM sqlite_schema ORDER BY name");
            tables.ForEach(row => text.AppendLine(row));
            foreach (var table in Rows(database, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"))
            {
                Rows(database, $"SELECT * FROM {table} ORDER BY 1").ForEach(row => text.AppendLine(row));
            }

            return text.ToString();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _database.Dispose();

    private void Run(string sql, params ReadOnlySpan<object> values)
    {
        Check(raw.sqlite3_prepare_v2(_database, sql, out var statement));
        using (statement)
        {
            for (var i = 0; i < values.Length; i++)
            {
                Check(values[i] switch
                {
                    string text => raw.sqlite3_bind_text(statement, i + 1, text),
                    byte[] bytes => raw.sqlite3_bind_blob(statement, i + 1, bytes),
                    var number => raw.sqlite3_bind_int64(statement, i + 1, (long)number),
                });
            }

            raw.sqlite3_step(statement).ShouldBe(raw.SQLITE_DONE, raw.sqlite3_errmsg(_database).utf8_to_string());
        }
    }

    private static List<string> Rows(sqlite3 database, string sql)
    {
        var rows = new List<string>();
        Check(raw.sqlite3_prepare_v2(database, sql, out var statement));
        using (statement)
        {
            while (raw.sqlite3_step(statement) == raw.SQLITE_ROW)
            {
                var columns = Enumerable.Range(0, raw.sqlite3_column_count(statement));
                rows.Add(string.Join('|', columns.Select(column => raw.sqlite3_column_type(statement, column) == raw.SQLITE_BLOB
                    ? Convert.ToHexString(raw.sqlite3_column_blob(statement, column))
                    : raw.sqlite3_column_text(statement, column).utf8_to_string())));
            }
        }

        return rows;
    }

    private static void Check(int code) => code.ShouldBe(raw.SQLITE_OK);

    private const string Tables =
        """
        CREATE TABLE schema_migrations (version uint64, dirty bool);
        CREATE UNIQUE INDEX version_unique ON schema_migrations (version);
        CREATE TABLE pools (
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL, created_at INTEGER NOT NULL DEFAULT (unixepoch()));
        CREATE TABLE nodes (
            id INTEGER PRIMARY KEY AUTOINCREMENT, fingerprint TEXT UNIQUE NOT NULL, last_heartbeat_at INTEGER,
            created_at INTEGER NOT NULL DEFAULT (unixepoch()), deactivated_at INTEGER);
        CREATE INDEX idx_nodes_activated ON nodes (deactivated_at) WHERE deactivated_at IS NULL;
        CREATE INDEX idx_nodes_last_heartbeat ON nodes (last_heartbeat_at);
        CREATE TABLE licenses (
            id INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, file BLOB UNIQUE NOT NULL, key TEXT UNIQUE NOT NULL,
            claims INTEGER NOT NULL DEFAULT 0, last_claimed_at INTEGER, last_released_at INTEGER,
            node_id INTEGER UNIQUE REFERENCES nodes (id) ON DELETE SET NULL,
            pool_id INTEGER REFERENCES pools (id) ON DELETE SET NULL,
            created_at INTEGER NOT NULL DEFAULT (unixepoch()));
        CREATE INDEX idx_licenses_pool_node ON licenses (pool_id, node_id);
        CREATE TABLE event_types (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
        INSERT INTO event_types VALUES (0, 'unknown'), (1, 'license.added'), (2, 'license.removed'), (3, 'license.leased'),
            (4, 'license.lease_extended'), (5, 'license.released'), (6, 'license.lease_expired'), (7, 'node.activated'),
            (8, 'node.heartbeat_ping'), (9, 'node.deactivated'), (10, 'node.culled'), (11, 'pool.added');
        CREATE TABLE entity_types (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
        INSERT INTO entity_types VALUES (0, 'unknown'), (1, 'license'), (2, 'node'), (3, 'pool');
        CREATE TABLE audit_logs (
            id INTEGER PRIMARY KEY AUTOINCREMENT, event_type_id INTEGER NOT NULL, entity_type_id INTEGER NOT NULL,
            entity_id INTEGER NOT NULL, created_at INTEGER NOT NULL DEFAULT (unixepoch()), pool_id INTEGER);
        INSERT INTO schema_migrations VALUES (1755607637, 0);
        """;
}
