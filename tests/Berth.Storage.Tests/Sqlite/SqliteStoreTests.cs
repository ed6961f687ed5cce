using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Storage.Tests.Sqlite;

public sealed class SqliteStoreTests : IDisposable
{
    private static readonly PoolName Blue = new("blue");

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_committed_is_there_after_a_restart()
    {
        var row = new LicenseRow(new LicenseId("one"), Blue, new byte[] { 1, 2, 3 }, "key");
        await using (var store = await _folder.OpenAsync(StoreUse.Serve))
        {
            await store.Journal.CreatePoolAsync(Blue);
            var opened = await store.Journal.OpenAsync(Blue, store.Epoch, null, _ => { });
            var batch = new JournalBatch(3, new byte[] { 7 }, new byte[32], [row], []);
            await store.Journal.AppendAsync(Blue, store.Epoch, opened.Opening, 0, batch);
            var part = new SnapshotPart(3, new byte[32], 0, 1, new byte[] { 8 });
            await store.Journal.WriteSnapshotAsync(Blue, store.Epoch, opened.Opening, part);
        }

        await using var again = await _folder.OpenAsync(StoreUse.Serve);
        var items = new List<ReplayItem>();
        (await again.Journal.OpenAsync(Blue, again.Epoch, null, items.Add)).Opening.ShouldBe(new Opening(2));
        items.ShouldHaveSingleItem().ShouldBeOfType<SnapshotPart>().Bytes.ToArray().ShouldBe([8]);
        (await again.Journal.ReadAsync(Blue, 0, 10)).ShouldHaveSingleItem().Bytes.ToArray().ShouldBe([7]);
        (await again.Journal.ReadLicenseAsync(row.Id)).ShouldNotBeNull().File.ToArray().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task Each_opening_by_a_writer_raises_the_epoch_and_keeps_the_cluster()
    {
        var clusters = new HashSet<string>();
        foreach (var (use, epoch) in new[] { (StoreUse.Serve, 1), (StoreUse.Verb, 2), (StoreUse.Read, 2), (StoreUse.Serve, 3) })
        {
            await using var store = await _folder.OpenAsync(use);
            store.Epoch.ShouldBe(new Epoch(epoch));
            clusters.Add(store.ClusterId);
        }

        clusters.ShouldHaveSingleItem().Length.ShouldBe(32);
    }

    [Fact]
    public async Task A_served_store_can_be_read_and_sees_what_is_committed()
    {
        await using var store = await _folder.OpenAsync(StoreUse.Serve);
        await using var reader = await _folder.OpenAsync(StoreUse.Read);
        await store.Journal.CreatePoolAsync(Blue);
        (await reader.Journal.ListPoolsAsync(null, 10)).ShouldBe([Blue]);
    }

    [Fact]
    public async Task A_store_opened_for_reading_is_not_written()
    {
        await (await _folder.OpenAsync(StoreUse.Verb)).DisposeAsync();
        await using var reader = await _folder.OpenAsync(StoreUse.Read);
        var batch = new JournalBatch(1, new byte[] { 7 }, new byte[32], [], []);
        var result = await reader.Journal.AppendAsync(Blue, reader.Epoch, new Opening(1), 0, batch);
        result.Outcome.ShouldBe(AppendOutcome.NotWritten);
        await Should.ThrowAsync<StoreException>(async () => await reader.Journal.CreatePoolAsync(Blue));
        await Should.ThrowAsync<StoreException>(async () => await reader.Journal.OpenAsync(Blue, reader.Epoch, null, _ => { }));
    }

    [Fact]
    public async Task Reading_makes_no_file()
    {
        var error = await Should.ThrowAsync<StoreException>(async () => await _folder.OpenAsync(StoreUse.Read));
        error.Message.ShouldContain(_folder.Database);
        Directory.GetFiles(Path.GetDirectoryName(_folder.Database)!).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_file_and_its_siblings_belong_to_their_owner_alone()
    {
        await using var store = await _folder.OpenAsync(StoreUse.Serve);
        await store.Journal.CreatePoolAsync(Blue);
        var files = Directory.GetFiles(Path.GetDirectoryName(_folder.Database)!);
        files.Select(Path.GetFileName).Order().ShouldBe(["x.sqlite", "x.sqlite-shm", "x.sqlite-wal", "x.sqlite.lock"]);
        files.ShouldAllBe(path => File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public async Task A_newer_writer_on_the_same_file_fences_the_older_even_without_the_lock()
    {
        await using var store = await _folder.OpenAsync(StoreUse.Serve);
        await store.Journal.CreatePoolAsync(Blue);
        var opened = await store.Journal.OpenAsync(Blue, store.Epoch, null, _ => { });
        using (var other = Berth.Storage.Sqlite.SqliteDatabase.Open(_folder.Database, Berth.Storage.Sqlite.SqliteAccess.ReadWrite))
        {
            Berth.Storage.Sqlite.SqliteSchema.Enter(other, TimeProvider.System).Incarnation.ShouldBe(2);
        }

        var batch = new JournalBatch(1, new byte[] { 7 }, new byte[32], [], []);
        (await store.Journal.AppendAsync(Blue, store.Epoch, opened.Opening, 0, batch)).ShouldBe(AppendResult.Fenced);
        (await store.Journal.OpenAsync(Blue, store.Epoch, null, _ => { })).Outcome.ShouldBe(OpenOutcome.Fenced);
        await Should.ThrowAsync<StoreException>(async () => await store.Journal.CreatePoolAsync(new PoolName("green")));
        (await store.Journal.ReadAsync(Blue, 0, 10)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_closed_store_refuses()
    {
        var store = await _folder.OpenAsync(StoreUse.Serve);
        await store.Journal.CreatePoolAsync(Blue);
        await store.DisposeAsync();
        await store.DisposeAsync();
        var batch = new JournalBatch(1, new byte[] { 7 }, new byte[32], [], []);
        (await store.Journal.AppendAsync(Blue, store.Epoch, new Opening(1), 0, batch)).Outcome.ShouldBe(AppendOutcome.NotWritten);
        await Should.ThrowAsync<StoreException>(async () => await store.Journal.ReadLicenseAsync(new LicenseId("one")));
    }

    [Fact]
    public async Task A_gap_in_the_events_is_told_and_not_skipped()
    {
        await using var store = await _folder.OpenAsync(StoreUse.Serve);
        await store.Journal.CreatePoolAsync(Blue);
        var opened = await store.Journal.OpenAsync(Blue, store.Epoch, null, _ => { });
        for (var version = 0; version < 3; version++)
        {
            var batch = new JournalBatch(1, new byte[] { 7 }, new byte[32], [], []);
            await store.Journal.AppendAsync(Blue, store.Epoch, opened.Opening, version, batch);
        }

        using (var other = Berth.Storage.Sqlite.SqliteDatabase.Open(_folder.Database, Berth.Storage.Sqlite.SqliteAccess.ReadWrite))
        {
            other.Execute("DELETE FROM events WHERE position & 0xff = 2");
        }

        var error = await Should.ThrowAsync<StoreException>(async () => await store.Journal.OpenAsync(Blue, store.Epoch, null, _ => { }));
        error.Message.ShouldContain("pool blue has no event 2");
    }
}
