using System.Net;
using System.Net.Sockets;
using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Storage.Postgres;
using Berth.Testing.Postgres;
using Npgsql;

namespace Berth.Storage.Tests.Postgres;

/// <summary>Opening a database as a store.</summary>
public sealed class PostgresStoreTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_member_that_opens_a_database_finds_the_same_cluster_in_it()
    {
        var uri = await NewAsync();
        uri.IsShared.ShouldBeTrue();
        var stores = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => OpenAsync(uri, i % 2 == 0 ? StoreUse.Serve : StoreUse.Verb).AsTask()));
        stores.Select(store => store.ClusterId).Distinct().ShouldHaveSingleItem().Length.ShouldBe(32);
        stores.ShouldAllBe(store => store.Epoch == default);

        var ann = (await stores[0].Shared!.Table.JoinAsync(Card("ann"), Cancel)).Incarnation.ShouldNotBeNull();
        await using var reader = await OpenAsync(uri, StoreUse.Read);
        reader.ClusterId.ShouldBe(stores[0].ClusterId);
        var row = (await reader.Shared!.Table.ReadAsync(Cancel)).Members.ShouldHaveSingleItem();
        row.Incarnation.ShouldBe(ann);

        await stores[0].DisposeAsync();
        while (!await stores[1].Shared!.HasEnded(row, Cancel))
        {
            Cancel.ThrowIfCancellationRequested();
        }

        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task Two_databases_are_two_clusters()
    {
        await using var first = await OpenAsync(await NewAsync(), StoreUse.Serve);
        await using var second = await OpenAsync(await NewAsync(), StoreUse.Serve);
        second.ClusterId.ShouldNotBe(first.ClusterId);
    }

    [Fact]
    public async Task Reading_makes_no_tables()
    {
        var uri = await NewAsync();
        await RefusedAsync(uri, StoreUse.Read, "no tables of Berth");
        await RefusedAsync(uri, StoreUse.Read, "no tables of Berth");
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_named()
    {
        var server = await PostgresServer.SharedAsync();
        await RefusedAsync(StorageUri.Parse(server.Url("nowhere")), StoreUse.Serve, "there is no database nowhere");
    }

    [Fact]
    public async Task Where_nobody_listens_the_hosts_are_named_and_no_password()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        var uri = StorageUri.Parse($"postgres://ann:s3cret@127.0.0.1:{port},localhost:{port}/berth");
        var refused = await RefusedAsync(uri, StoreUse.Serve, $"127.0.0.1:{port},localhost:{port}");
        refused.ToString().ShouldNotContain("s3cret");
    }

    [Fact]
    public async Task A_pooler_in_between_is_refused()
    {
        var server = await PostgresServer.SharedAsync();
        await using var pooler = new FakePooler(server.Port);
        var url = (await server.NewDatabaseAsync()).Replace($":{server.Port}", $":{pooler.Port}", StringComparison.Ordinal);
        await RefusedAsync(StorageUri.Parse(url + "?sslmode=disable"), StoreUse.Serve, "connection pooler");
    }

    [Fact]
    public async Task Commits_wait_for_the_disk_whatever_the_server_is_told()
    {
        var server = await PostgresServer.SharedAsync();
        var url = await server.NewDatabaseAsync();
        await TellAsync(url, "off");
        (await SettingAsync(url, "synchronous_commit")).ShouldBe("on");
        await TellAsync(url, "remote_apply");
        (await SettingAsync(url, "synchronous_commit")).ShouldBe("remote_apply");
        (await SettingAsync(url, "lock_timeout")).ShouldBe("2s");
        (await SettingAsync(url, "idle_in_transaction_session_timeout")).ShouldBe("1s");
        (await SettingAsync(url, "client_connection_check_interval")).ShouldBe("500ms");
        (await SettingAsync(url, "tcp_user_timeout")).ShouldBe("5000");
        (await SettingAsync(url, "tcp_keepalives_count")).ShouldBe("3");
    }

    private static MemberCard Card(string name) =>
        new(name, name + ".site:7443", "site", "digest", FeatureLevel: 1, TimeSpan.FromSeconds(3), PolicyException.None);

    private static async Task<StorageUri> NewAsync() => StorageUri.Parse(await (await PostgresServer.SharedAsync()).NewDatabaseAsync());

    private static ValueTask<Store> OpenAsync(StorageUri uri, StoreUse use) => Store.OpenAsync(uri, use, new StoreOptions());

    private static async Task<StoreException> RefusedAsync(StorageUri uri, StoreUse use, string said)
    {
        var refused = await Should.ThrowAsync<StoreException>(async () => await OpenAsync(uri, use));
        refused.Message.ShouldContain(said);
        return refused;
    }

    private static async Task TellAsync(string url, string commit)
    {
        var address = PostgresAddress.Parse(url);
        await using var session = await new PostgresHosts(address).OpenAsync(Cancel);
        await using var command = new NpgsqlCommand($"ALTER DATABASE {address.Database} SET synchronous_commit = {commit}", session.Connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private static async Task<string> SettingAsync(string url, string name)
    {
        await using var session = await new PostgresHosts(PostgresAddress.Parse(url)).OpenAsync(Cancel);
        await using var command = new NpgsqlCommand($"SHOW {name}", session.Connection);
        return (string)(await command.ExecuteScalarAsync(Cancel))!;
    }
}
