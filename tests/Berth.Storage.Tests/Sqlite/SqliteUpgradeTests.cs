using Berth.Runtime.Journal;
using Berth.Storage.Sqlite;

namespace Berth.Storage.Tests.Sqlite;

/// <summary>Databases that an earlier version made are upgraded where they are.</summary>
public sealed class SqliteUpgradeTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_database_of_version_1_keeps_what_is_in_it_and_can_be_cut()
    {
        MakeVersion1();
        await using var store = await _folder.OpenAsync(StoreUse.Serve);
        (store.ClusterId, store.Epoch.Value).ShouldBe(("c1", 8));
        var head = (await store.Journal.History.ReadHeadsAsync(null, 10)).ShouldHaveSingleItem();
        (head.Pool.Value, head.Head.Version, head.Base.Version).ShouldBe(("blue", 3, 0));
        var opened = await store.Journal.OpenAsync(new("blue"), store.Epoch, null, item => item.ShouldBeOfType<SnapshotPart>().Version.ShouldBe(3));
        (await store.Journal.ReadDenialsAsync(new("blue"), null, 10)).Count.ShouldBe(1);
        var part = new SnapshotPart(3, Hash(7), 0, 1, new byte[9]);
        (await store.Journal.History.WriteBaseAsync(new("blue"), store.Epoch, opened.Opening, part)).ShouldBe(AppendResult.Committed);
        (await store.Journal.History.CutAsync(new("blue"), store.Epoch, opened.Opening, 3, 10)).Outcome.ShouldBe(AppendOutcome.Committed);
        (await store.Journal.ReadAsync(new("blue"), 0, 10)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_database_of_version_1_is_not_upgraded_by_reading()
    {
        MakeVersion1();
        var error = await Should.ThrowAsync<StoreException>(async () => await _folder.OpenAsync(StoreUse.Read));
        error.Message.ShouldContain("older schema 1");
    }

    private static byte[] Hash(byte value) => [.. Enumerable.Repeat(value, AuditChain.HashBytes)];

    /// <summary>What version 1 wrote, by its own script and statements.</summary>
    private void MakeVersion1()
    {
        SqliteFile.CreateMissing(_folder.Database);
        using var database = SqliteDatabase.Open(_folder.Database, SqliteAccess.ReadWrite);
        using var script = new StreamReader(typeof(SqliteSchema).Assembly.GetManifestResourceStream("schema.sql")!);
        database.Execute("PRAGMA application_id = 0x42727468");
        database.Execute(script.ReadToEnd());
        database.Execute("""
            INSERT INTO meta (one, schema, cluster_id, incarnation, created) VALUES (1, 1, 'c1', 7, 0);
            INSERT INTO pools (id, name, epoch, opening, version, created, denials) VALUES (1, 'blue', 7, 3, 3, 0, 1);
            INSERT INTO denials (pool_id, node, reason, count, first, last) VALUES (1, 'n', 'all-held', 1, 1, 1);
            INSERT INTO snapshots (id, pool_id, version, hash, parts, stored) VALUES (1, 1, 3, zeroblob(32), 1, 1);
            INSERT INTO snapshot_parts (snapshot_id, part, bytes) VALUES (1, 0, x'0102');
            """);
        using var row = database.Prepare("INSERT INTO events (position, count, hash, bytes) VALUES (1 << 40 | 1, 3, ?1, x'01')");
        row.Bind(1, Hash(7)).Run();
    }
}
