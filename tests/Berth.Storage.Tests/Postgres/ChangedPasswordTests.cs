using Berth.Pools;
using Berth.Storage.Postgres;
using Berth.Testing.Postgres;
using Berth.Testing.Processes;

namespace Berth.Storage.Tests.Postgres;

/// <summary>A password that changes while a store is open.</summary>
public sealed class ChangedPasswordTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private PostgresServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string File => _folder.File("password");

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartAsync();
        var rules = Path.Combine(_server.Data, "pg_hba.conf");
        await System.IO.File.WriteAllTextAsync(
            rules, "host all changing 127.0.0.1/32 scram-sha-256\n" + await System.IO.File.ReadAllTextAsync(rules, Cancel), Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task New_connections_use_the_password_that_stands_in_the_file_now()
    {
        var database = await _server.CreateDatabaseAsync();
        await using var operators = await RawSession.OpenAsync(database);
        await operators.ReadAsync("SELECT pg_reload_conf()");
        await operators.RunAsync($"CREATE ROLE changing LOGIN PASSWORD 'the first'; ALTER DATABASE {database.Name} OWNER TO changing");
        await System.IO.File.WriteAllTextAsync(File, "the first\n", Cancel);
        var uri = StorageUri.Parse(database.Url.Replace("berth@", "changing:wrong@", StringComparison.Ordinal)).WithPasswordFile(File);
        uri.ToString().ShouldNotContain("wrong");
        await using var store = await Store.OpenAsync(uri, StoreUse.Serve, new StoreOptions());
        await store.Journal.CreatePoolAsync(new PoolName("p"));
        await AskAsync(store);

        await operators.RunAsync("ALTER ROLE changing PASSWORD 'the second'");
        await AskAsync(store);
        await EndSessionsAsync(operators);
        (await Should.ThrowAsync<Exception>(async () => await AskAsync(store))).ToString().ShouldContain("28P01");

        await System.IO.File.WriteAllTextAsync(File, "the second\n", Cancel);
        await AskAsync(store);

        System.IO.File.Delete(File);
        await AskAsync(store);
        await EndSessionsAsync(operators);
        (await Should.ThrowAsync<Exception>(async () => await AskAsync(store))).ToString().ShouldContain($"the password file {File} cannot be read");
        await System.IO.File.WriteAllTextAsync(File, "the second", Cancel);
        await AskAsync(store);
    }

    /// <summary>The table and both kinds of connections of the journal.</summary>
    private static async Task AskAsync(Store store)
    {
        _ = await store.Shared!.Table.ReadAsync(Cancel);
        (await store.Journal.ListPoolsAsync(null, 10)).ShouldBe([new PoolName("p")]);
        (await store.Journal.CreatePoolAsync(new PoolName("p"))).ShouldBeFalse();
    }

    /// <summary>As a restart of the server does it.</summary>
    private static async Task EndSessionsAsync(RawSession operators)
    {
        await operators.ReadAsync("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'changing'");
        await operators.WaitForAsync("SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'changing')");
    }
}
