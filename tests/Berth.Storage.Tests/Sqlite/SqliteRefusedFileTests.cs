using Berth.Storage.Sqlite;

namespace Berth.Storage.Tests.Sqlite;

/// <summary>Files that are not ours, or not as they should be: a clear message, and not one byte changed.</summary>
public sealed class SqliteRefusedFileTests : IDisposable
{
    private const string Relay = """
        CREATE TABLE schema_migrations (version uint64, dirty bool);
        CREATE TABLE licenses (id TEXT PRIMARY KEY, file BLOB, key TEXT);
        CREATE TABLE nodes (id INTEGER PRIMARY KEY, fingerprint TEXT);
        INSERT INTO licenses VALUES ('a', x'00', 'b');
        """;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(StoreUse.Serve)]
    [InlineData(StoreUse.Verb)]
    [InlineData(StoreUse.Read)]
    public async Task A_database_of_Relay_is_refused(StoreUse use)
    {
        Make(Relay);
        await RefusedAsync(use, "Keygen Relay", "import");
    }

    [Fact]
    public async Task A_database_of_Relay_that_ended_badly_is_refused_with_its_log()
    {
        // What a killed Relay leaves: a file, and a log that has not been moved into it.
        using (var relay = Open())
        {
            relay.Execute("PRAGMA journal_mode = WAL");
            relay.Execute(Relay);
            File.Copy(_folder.Database, _folder.Database + ".copy");
            File.Copy(_folder.Database + "-wal", _folder.Database + ".copy-wal");
        }

        File.Move(_folder.Database + ".copy", _folder.Database, overwrite: true);
        File.Move(_folder.Database + ".copy-wal", _folder.Database + "-wal", overwrite: true);
        var log = await File.ReadAllBytesAsync(_folder.Database + "-wal");
        await RefusedAsync(StoreUse.Serve, "Keygen Relay");
        (await File.ReadAllBytesAsync(_folder.Database + "-wal")).ShouldBe(log);
    }

    [Theory]
    [InlineData("CREATE TABLE notes (text TEXT)")]
    [InlineData("PRAGMA application_id = 252006")]
    [InlineData("PRAGMA application_id = 252006; CREATE TABLE meta (schema INTEGER)")]
    public async Task A_database_of_another_application_is_refused(string sql)
    {
        Make(sql);
        await RefusedAsync(StoreUse.Serve, "another application");
        await RefusedAsync(StoreUse.Read, "another application");
    }

    [Fact]
    public async Task A_newer_schema_is_refused()
    {
        await (await _folder.OpenAsync(StoreUse.Verb)).DisposeAsync();
        Make("UPDATE meta SET schema = 99");
        await RefusedAsync(StoreUse.Serve, "schema 99", "newer version");
        await RefusedAsync(StoreUse.Read, "schema 99", "newer version");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(99)]
    [InlineData(600)]
    [InlineData(100_000)]
    public async Task A_file_that_is_no_database_is_refused(int length)
    {
        var garbage = new byte[length];
        new Random(1).NextBytes(garbage);
        await File.WriteAllBytesAsync(_folder.Database, garbage);
        await RefusedAsync(StoreUse.Serve, "not a SQLite database");
        await RefusedAsync(StoreUse.Read, "not a SQLite database");
    }

    [Theory]
    [InlineData(100)]
    [InlineData(4096)]
    [InlineData(9000)]
    public async Task A_database_cut_short_is_refused(int length)
    {
        await (await _folder.OpenAsync(StoreUse.Verb)).DisposeAsync();
        using (var file = new FileStream(_folder.Database, FileMode.Open))
        {
            file.SetLength(length);
        }

        await RefusedAsync(StoreUse.Serve, "damaged", "restore a backup");
    }

    [Fact]
    public async Task A_folder_that_is_missing_is_named()
    {
        var path = Path.Combine(_folder.Database, "gone", "x.sqlite");
        var error = await Should.ThrowAsync<StoreException>(async () =>
            await Store.OpenAsync(StorageUri.OfFile(path), StoreUse.Serve, new StoreOptions()));
        error.Message.ShouldContain("there is no folder");
    }

    [Fact]
    public async Task An_empty_file_is_a_fresh_one()
    {
        await File.WriteAllBytesAsync(_folder.Database, []);
        (await Should.ThrowAsync<StoreException>(async () => await _folder.OpenAsync(StoreUse.Read))).Message.ShouldContain("is empty");
        await using var store = await _folder.OpenAsync(StoreUse.Serve);
        store.Epoch.Value.ShouldBe(1);
    }

    private SqliteDatabase Open()
    {
        SqliteFile.CreateMissing(_folder.Database);
        return SqliteDatabase.Open(_folder.Database, SqliteAccess.ReadWrite);
    }

    private void Make(string sql)
    {
        using var database = Open();
        database.Execute(sql);
    }

    private async Task RefusedAsync(StoreUse use, params string[] words)
    {
        var before = await File.ReadAllBytesAsync(_folder.Database);
        var error = await Should.ThrowAsync<StoreException>(async () => await _folder.OpenAsync(use));
        error.Message.ShouldContain(_folder.Database);
        foreach (var word in words)
        {
            error.Message.ShouldContain(word);
        }

        (await File.ReadAllBytesAsync(_folder.Database)).ShouldBe(before);
    }
}
