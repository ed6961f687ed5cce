using Berth.Testing.Processes;
using SQLitePCL;

namespace Berth.Cli.Tests.Processes;

/// <summary>A database that Keygen Relay made is not ours: it is refused and not touched.</summary>
public sealed class RelayDatabaseTests
{
    [Theory]
    [InlineData("berth", "ls")]
    [InlineData("berth", "serve -p 0")]
    [InlineData("relay", "ls")]
    [InlineData("relay", "del --license x")]
    [InlineData("relay", "serve -p 0")]
    public async Task A_database_of_relay_is_refused_untouched(string name, string verb)
    {
        using var folder = new TestFolder();
        var path = folder.File("relay.sqlite");
        Make(path);
        var before = await File.ReadAllBytesAsync(path);
        var (code, _, error) = await new TestShell(name).RunAsync([.. verb.Split(' '), "--database", path]);
        code.ShouldBe(1);
        error.ShouldStartWith("Error: ");
        error.ShouldContain("is a database of Keygen Relay");
        (await File.ReadAllBytesAsync(path)).ShouldBe(before);
    }

    private static void Make(string path)
    {
        Batteries_V2.Init();
        raw.sqlite3_open(path, out var database).ShouldBe(raw.SQLITE_OK);
        using (database)
        {
            raw.sqlite3_exec(database, Tables).ShouldBe(raw.SQLITE_OK);
        }
    }

    private const string Tables =
        """
        CREATE TABLE schema_migrations (version uint64, dirty bool);
        CREATE TABLE pools (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL, created_at INTEGER);
        CREATE TABLE nodes (id INTEGER PRIMARY KEY AUTOINCREMENT, fingerprint TEXT UNIQUE NOT NULL, last_heartbeat_at INTEGER);
        CREATE TABLE licenses (id INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE, file BLOB UNIQUE, key TEXT UNIQUE);
        INSERT INTO schema_migrations VALUES (1755607637, 0);
        """;
}
