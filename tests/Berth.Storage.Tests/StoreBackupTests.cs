using System.Collections.Concurrent;
using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Pools;
using Berth.Storage.Sqlite;
using Berth.Storage.Tests.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Storage.Tests;

public sealed class StoreBackupTests : IDisposable
{
    private static readonly WithheldGrants _mark = new("a backup", DateTimeOffset.UnixEpoch);

    private readonly ScratchFolder _folder = new();

    private StorageUri Uri => StorageUri.OfFile(_folder.Database);

    private string Copy => _folder.Database + ".backup";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_claim_that_was_answered_before_is_in_a_backup_of_a_pool_under_load()
    {
        var answered = new ConcurrentQueue<string>();
        await using var store = await _folder.OpenAsync(StoreUse.Serve);
        using var pools = await PoolsAsync(store, store.Journal);
        await AddAsync(pools, seats: 100_000);
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, 8).Select(worker => ClaimUntilAsync(worker, pools, answered, stop.Token)).ToList();
        for (var round = 0; round < 5; round++)
        {
            while (answered.Count < 200 * (round + 1))
            {
                await Task.Yield();
            }

            var before = answered.ToArray();
            StoreBackup.Write(Uri, Copy, replace: round > 0, _mark, CancellationToken.None).Licenses.ShouldBe(1);
            await using var copy = await Store.OpenAsync(StorageUri.OfFile(Copy), StoreUse.Verb, new StoreOptions());
            using var copied = await PoolsAsync(copy, copy.Journal);
            foreach (var node in before)
            {
                (await copied.SendAsync(PoolName.Global, new AskClaim(new Fingerprint(node)), default)).ShouldBe(AlreadyHeld.Instance);
            }

            await ChainIsWholeAsync(copy.Journal);
            await copied.StopAsync();
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);
        await pools.StopAsync();
    }

    [Fact]
    public async Task A_copy_is_marked_and_belongs_to_its_owner_alone_and_is_one_file()
    {
        await using var store = await _folder.OpenAsync(StoreUse.Serve);
        StoreBackup.Write(Uri, Copy, replace: false, _mark, CancellationToken.None);
        Directory.GetFiles(Path.GetDirectoryName(Copy)!, "*.backup*").ShouldBe([Copy]);
        File.GetUnixFileMode(Copy).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using var copy = await Store.OpenAsync(StorageUri.OfFile(Copy), StoreUse.Read, new StoreOptions());
        copy.Withheld.ShouldBe(_mark);
        store.Withheld.ShouldBeNull();
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_replaced_unasked()
    {
        await (await _folder.OpenAsync(StoreUse.Verb)).DisposeAsync();
        await File.WriteAllTextAsync(Copy, "precious");
        Should.Throw<FileTakenException>(() => StoreBackup.Write(Uri, Copy, replace: false, _mark, CancellationToken.None));
        (await File.ReadAllTextAsync(Copy)).ShouldBe("precious");
        StoreBackup.Write(Uri, Copy, replace: true, _mark, CancellationToken.None).Pools.ShouldBe(0);
        Should.Throw<StoreException>(() => StoreBackup.Write(Uri, _folder.Database, replace: true, _mark, CancellationToken.None));
    }

    [Theory]
    [InlineData("UPDATE events SET hash = zeroblob(32)", "chain")]
    [InlineData("UPDATE pools SET version = version + 1", "version 5")]
    [InlineData("DELETE FROM events", "none of its")]
    public async Task A_damaged_database_makes_no_backup(string damage, string word)
    {
        await using (var store = await _folder.OpenAsync(StoreUse.Verb))
        {
            using var pools = await PoolsAsync(store, store.Journal);
            await AddAsync(pools, seats: 1);
            (await pools.SendAsync(PoolName.Global, new ClaimSeat(new Fingerprint("a"), Who.Nobody), default)).ShouldBeOfType<Granted>();
            await pools.StopAsync();
        }

        await File.WriteAllTextAsync(Copy, "the backup before");
        using (var database = SqliteDatabase.Open(_folder.Database, SqliteAccess.ReadWrite))
        {
            SqliteCheck.Flaw(database).ShouldBeNull();
            database.Execute(damage);
        }

        var error = Should.Throw<StoreException>(() => StoreBackup.Write(Uri, Copy, replace: true, _mark, CancellationToken.None));
        error.Message.ShouldContain(word);
        (await File.ReadAllTextAsync(Copy)).ShouldBe("the backup before");
        File.Exists(Copy + ".tmp").ShouldBeFalse();
    }

    [Fact]
    public async Task A_backup_that_is_stopped_leaves_nothing()
    {
        await (await _folder.OpenAsync(StoreUse.Verb)).DisposeAsync();
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        Should.Throw<OperationCanceledException>(() => StoreBackup.Write(Uri, Copy, replace: false, _mark, stopped.Token));
        Directory.GetFiles(Path.GetDirectoryName(Copy)!, "*.backup*").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_restored_copy_keeps_its_mark_until_it_is_confirmed_and_what_stood_there_is_kept()
    {
        await using (var store = await _folder.OpenAsync(StoreUse.Verb))
        {
            await store.Journal.CreatePoolAsync(new PoolName("blue"));
            StoreBackup.Write(Uri, Copy, replace: false, _mark, CancellationToken.None);
            await Should.ThrowAsync<StoreHeldException>(async () => await RestoreAsync(replace: true, new SkippingClock(_ => { })));
            await store.Journal.CreatePoolAsync(new PoolName("later"));
        }

        await Should.ThrowAsync<FileTakenException>(async () => await RestoreAsync(replace: false));
        var restored = await RestoreAsync(replace: true);
        restored.KeptAside.ShouldBe(_folder.Database + ".before-restore");
        restored.Withheld.ShouldBe(_mark);
        await using (var aside = await Store.OpenAsync(StorageUri.OfFile(restored.KeptAside!), StoreUse.Read, new StoreOptions()))
        {
            (await aside.Journal.ListPoolsAsync(null, 10)).Count.ShouldBe(2);
        }

        await using (var store = await _folder.OpenAsync(StoreUse.Serve))
        {
            (await store.Journal.ListPoolsAsync(null, 10)).ShouldBe([new PoolName("blue")]);
            store.Withheld.ShouldBe(_mark);
            await store.ConfirmAsync();
        }

        await using (var store = await _folder.OpenAsync(StoreUse.Serve))
        {
            store.Withheld.ShouldBeNull();
        }

        (await RestoreAsync(replace: true)).KeptAside.ShouldBe(_folder.Database + ".before-restore.2");
    }

    [Fact]
    public async Task A_store_opened_for_reading_is_not_confirmed()
    {
        await (await _folder.OpenAsync(StoreUse.Verb)).DisposeAsync();
        await using var store = await _folder.OpenAsync(StoreUse.Read);
        await Should.ThrowAsync<StoreException>(async () => await store.ConfirmAsync());
    }

    [Fact]
    public async Task A_database_of_version_1_is_upgraded_and_a_backup_of_one_is_restored()
    {
        SqliteFile.CreateMissing(Copy);
        using (var first = SqliteDatabase.Open(Copy, SqliteAccess.ReadWrite))
        {
            using var script = new StreamReader(typeof(Store).Assembly.GetManifestResourceStream("schema.sql")!);
            first.Execute("PRAGMA application_id = 0x42727468");
            first.Execute(await script.ReadToEndAsync());
            first.Execute("INSERT INTO meta (one, schema, cluster_id, incarnation, created) VALUES (1, 1, 'c', 7, 0)");
            first.Execute("INSERT INTO pools (name, epoch, opening, version, created) VALUES ('blue', 1, 1, 0, 0)");
        }

        File.Copy(Copy, _folder.Database);
        await using (var store = await _folder.OpenAsync(StoreUse.Serve))
        {
            (store.Epoch.Value, store.ClusterId, store.Withheld).ShouldBe((8, "c", null));
        }

        (await RestoreAsync(replace: true)).Facts.Pools.ShouldBe(1);
        await using var again = await _folder.OpenAsync(StoreUse.Serve);
        again.Withheld.ShouldBe(_mark);
    }

    private ValueTask<RestoredStore> RestoreAsync(bool replace, TimeProvider? time = null) => StoreBackup.RestoreAsync(
        Copy, Uri, replace, _mark, new StoreOptions { Time = time ?? TimeProvider.System }, CancellationToken.None);

    private static async Task<PoolHost> PoolsAsync(Store store, IJournal journal)
    {
        var pools = new PoolHost(journal, store.Epoch, TimeProvider.System, new PoolHostOptions(), NullLogger.Instance);
        await pools.StartAsync();
        return pools;
    }

    private static async Task AddAsync(PoolHost pools, int seats)
    {
        var license = new LicenseId("l");
        var row = new LicenseRow(license, PoolName.Global, new byte[] { 1 }, "key");
        var add = new AddLicenses([new LicenseGrant(license, seats, null)], Who.Nobody);
        (await pools.SendAsync(PoolName.Global, add, new Delivery(0, CancellationToken.None, [row]))).ShouldBe(Changed.Instance);
    }

    private static async Task ClaimUntilAsync(int worker, PoolHost pools, ConcurrentQueue<string> answered, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var node = $"node-{worker}-{i}";
            if (await pools.SendAsync(PoolName.Global, new ClaimSeat(new Fingerprint(node), Who.Nobody), default) is Granted)
            {
                answered.Enqueue(node);
            }
        }
    }

    private static async Task ChainIsWholeAsync(IJournal journal)
    {
        var hash = new byte[AuditChain.HashBytes];
        foreach (var record in await journal.ReadAsync(PoolName.Global, 0, int.MaxValue))
        {
            AuditChain.ExtendOver(hash, record);
            record.Hash.ToArray().ShouldBe(hash);
        }
    }
}
