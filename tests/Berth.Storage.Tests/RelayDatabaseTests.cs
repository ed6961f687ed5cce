using Berth.Testing.Processes;

namespace Berth.Storage.Tests;

public sealed class RelayDatabaseTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestVendor _vendor = new();

    private string Database => _folder.File("relay.sqlite");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Everything_is_read_with_what_is_still_in_the_log(bool killed)
    {
        string late, early, pooled;
        using (var relay = new RelayDatabaseFile(Database, killed))
        {
            relay.AddPool("cad");
            relay.AddPool("empty");
            (late, early) = (relay.Add(_vendor, created: 200), relay.Add(_vendor, created: 100));
            pooled = relay.Add(_vendor, "cad", created: 50);
            relay.Count(early, 7, 300);
            relay.Hold(pooled, "n1", 400);
        }

        File.Exists(Database + "-wal").ShouldBe(killed);
        var before = killed ? File.ReadAllBytes(Database + "-wal") : File.ReadAllBytes(Database);
        using (var source = RelayDatabase.Open(Database))
        {
            source.Pools.ShouldBe(["cad", "empty"]);
            source.Licenses.Select(license => license.Id).ShouldBe([early, late, pooled]);
            var first = source.Licenses[0];
            (first.Claims, first.LastClaimed, first.LastReleased, first.Added, first.Holder).ShouldBe((7, 290, 300, 100, null));
            var held = source.Licenses[2];
            (held.Pool, held.Holder, held.Leaked, held.Claims, held.LastClaimed, held.LastReleased).ShouldBe(("cad", "n1", false, 1, 400, 0));
            var (file, key) = source.ReadFile(held);
            file.Length.ShouldBe((int)held.FileBytes);
            key.ShouldStartWith("KEY-");
        }

        (killed ? File.ReadAllBytes(Database + "-wal") : File.ReadAllBytes(Database)).ShouldBe(before);
    }

    [Fact]
    public void A_holder_that_is_gone_leaks_and_a_pool_that_is_missing_is_said_so()
    {
        using (var relay = new RelayDatabaseFile(Database))
        {
            relay.Hold(relay.Add(_vendor), "gone", deactivated: true);
            relay.Add(_vendor, created: 1_700_000_001);
            relay.Execute("UPDATE licenses SET node_id = 99 WHERE id = 2");
            relay.Execute("INSERT INTO licenses (guid, file, key, pool_id) VALUES ('x', x'00', 'k', 77)");
        }

        using var source = RelayDatabase.Open(Database);
        source.Licenses.Select(license => (license.Leaked, license.Holder, license.LostPool))
            .ShouldBe([(true, null, false), (true, null, false), (false, null, true)]);
    }

    [Fact]
    public void A_text_is_read_whole()
    {
        using (var relay = new RelayDatabaseFile(Database))
        {
            relay.Hold(relay.Add(_vendor), "a\0b"u8.ToArray());
            relay.Hold(relay.Add(_vendor), new byte[] { 0x61, 0xff });
        }

        using var source = RelayDatabase.Open(Database);
        source.Licenses.Select(license => license.Holder).ShouldBe(["a\0b", "a\ufffd"]);
    }

    [Theory]
    [InlineData("UPDATE schema_migrations SET version = 1700000000", "older schema 1700000000")]
    [InlineData("UPDATE schema_migrations SET version = 1800000000", "schema 1800000000 of a newer Keygen Relay")]
    [InlineData("UPDATE schema_migrations SET dirty = 1", "is left dirty")]
    [InlineData("DELETE FROM schema_migrations", "has no schema version")]
    [InlineData("DROP TABLE nodes", "is not a database of Keygen Relay")]
    public void A_database_in_another_state_is_refused(string sql, string reason)
    {
        using (var relay = new RelayDatabaseFile(Database))
        {
            relay.Execute(sql);
        }

        Should.Throw<StoreException>(() => RelayDatabase.Open(Database)).Message.ShouldContain(reason);
    }

    [Fact]
    public async Task A_store_is_not_one_of_Relay()
    {
        await (await Store.OpenAsync(StorageUri.OfFile(Database), StoreUse.Verb, new StoreOptions())).DisposeAsync();
        Should.Throw<StoreException>(() => RelayDatabase.Open(Database)).Message.ShouldContain("is not a database of Keygen Relay");
        RelayDatabase.IsAt(Database).ShouldBe(false);
    }

    [Fact]
    public void A_Relay_that_is_running_goes_on()
    {
        using var relay = new RelayDatabaseFile(Database);
        relay.Add(_vendor);
        using var source = RelayDatabase.Open(Database);
        relay.Add(_vendor);
        source.Licenses.ShouldHaveSingleItem();
    }
}
