using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Storage.Sqlite;

namespace Berth.Storage.Tests.Sqlite;

/// <summary>An older copy that took the file's place without anybody saying so.</summary>
public sealed class StorePositionTests : IDisposable
{
    private static readonly PoolName Blue = new("blue");

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_of_fewer_openings_is_noticed_until_it_is_confirmed()
    {
        await OpenAsync();
        File.Copy(_folder.Database, _folder.Database + ".old");
        await OpenAsync();
        await OpenAsync();
        File.Move(_folder.Database, _folder.Database + ".original");
        File.Copy(_folder.Database + ".old", _folder.Database);
        await using (var store = await _folder.OpenAsync(StoreUse.Serve))
        {
            store.Withheld.ShouldNotBeNull().Why.ShouldContain("opened 1 times");
            store.Withheld.Why.ShouldContain("noted 3 openings");
            store.Epoch.Value.ShouldBe(4);
        }

        await using (var store = await _folder.OpenAsync(StoreUse.Serve))
        {
            store.Withheld.ShouldNotBeNull();
            await store.ConfirmAsync();
        }

        (await OpenAsync()).ShouldBeNull();

        // The original comes back though somebody promised that it would not.
        File.Move(_folder.Database + ".original", _folder.Database, overwrite: true);
        (await OpenAsync()).ShouldNotBeNull().Why.ShouldContain("opened 3 times");
    }

    [Fact]
    public async Task A_file_of_as_many_openings_and_fewer_events_is_noticed()
    {
        await using (var store = await _folder.OpenAsync(StoreUse.Serve))
        {
            await store.Journal.CreatePoolAsync(Blue);
            using (var database = SqliteDatabase.Open(_folder.Database, SqliteAccess.ReadWrite))
            {
                database.Execute("VACUUM INTO '" + _folder.Database + ".old'");
            }

            var opened = await store.Journal.OpenAsync(Blue, store.Epoch, null, _ => { });
            var batch = new JournalBatch(2, new byte[] { 7 }, new byte[32], [], []);
            (await store.Journal.AppendAsync(Blue, store.Epoch, opened.Opening, 0, batch)).ShouldBe(AppendResult.Committed);
        }

        File.Move(_folder.Database + ".old", _folder.Database, overwrite: true);
        (await OpenAsync()).ShouldNotBeNull().Why.ShouldContain("has 0 events, and the last member noted 1 openings and 2 events");
    }

    [Fact]
    public async Task Another_database_and_a_lost_note_are_no_older_copy()
    {
        await OpenAsync();
        await OpenAsync();
        File.Delete(_folder.Database);
        (await OpenAsync()).ShouldBeNull();
        await File.WriteAllTextAsync(_folder.Database + ".lock", "{\"position\":");
        (await OpenAsync()).ShouldBeNull();
        SqliteLock.ReadNoted(_folder.Database).ShouldNotBeNull().Incarnation.ShouldBe(2);
    }

    [Fact]
    public async Task What_a_killed_member_noted_stays()
    {
        await OpenAsync();
        File.Copy(_folder.Database, _folder.Database + ".old");
        using (var child = new ChildProcess("hold", _folder.Database))
        {
            (await child.ReadLineAsync()).ShouldBe("held");
            await child.KillAsync();
        }

        File.Delete(_folder.Database + "-wal");
        File.Delete(_folder.Database + "-shm");
        File.Move(_folder.Database + ".old", _folder.Database, overwrite: true);
        StoreInspection.Look(StorageUri.OfFile(_folder.Database), pages: true).Withheld.ShouldNotBeNull();
        (await OpenAsync()).ShouldNotBeNull();
    }

    private async Task<WithheldGrants?> OpenAsync()
    {
        await using var store = await _folder.OpenAsync(StoreUse.Serve);
        return store.Withheld;
    }
}
