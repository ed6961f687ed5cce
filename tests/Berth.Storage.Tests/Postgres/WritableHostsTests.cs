using Berth.Storage.Postgres;
using Berth.Testing.Postgres;
using Npgsql;

namespace Berth.Storage.Tests.Postgres;

/// <summary>Which of several servers the journal's connections lead to.</summary>
public sealed class WritableHostsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_one_that_takes_writes_is_found_and_found_again_when_they_change_places()
    {
        await using var one = await PostgresServer.StartAsync();
        await using var two = await PostgresServer.StartAsync();
        await TellAsync(one, "SET");
        await using var hosts = Hosts($"127.0.0.1:{one.Port},127.0.0.1:{two.Port}");
        (await PortAsync(hosts)).ShouldBe(two.Port);
        await TellAsync(one, "RESET");
        await TellAsync(two, "SET");
        (await PortAsync(hosts)).ShouldBe(one.Port);
        await TellAsync(one, "SET");
        (await Should.ThrowAsync<NpgsqlException>(() => hosts.OpenAsync())).Message.ShouldContain($"127.0.0.1:{two.Port} takes no writes: it is a standby");
    }

    [Theory]
    [InlineData("127.0.0.1:1,127.0.0.1:{0}")]
    [InlineData("127.0.0.1:{0},127.0.0.1:1")]
    [InlineData("[::1]:1,127.0.0.1:{0}")]
    [InlineData("127.0.0.1:{0}")]
    public async Task Hosts_that_are_not_there_are_passed_over(string list)
    {
        var server = await PostgresServer.SharedAsync();
        await using var hosts = Hosts(string.Format(System.Globalization.CultureInfo.InvariantCulture, list, server.Port));
        (await PortAsync(hosts)).ShouldBe(server.Port);
    }

    [Fact]
    public async Task One_host_alone_may_be_a_standby()
    {
        await using var server = await PostgresServer.StartAsync("default_transaction_read_only=on");
        await using var hosts = Hosts($"127.0.0.1:{server.Port}");
        (await PortAsync(hosts)).ShouldBe(server.Port);
    }

    private static WritableHosts Hosts(string list) =>
        new($"Host={list};Username=berth;Database=postgres;Pooling=false;Timeout=5", settings => new NpgsqlDataSourceBuilder(settings.ConnectionString));

    private static async Task<int> PortAsync(WritableHosts hosts)
    {
        await using var connection = await hosts.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT inet_server_port()", connection);
        return (int)(await command.ExecuteScalarAsync(Cancel))!;
    }

    private static async Task TellAsync(PostgresServer server, string verb)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString("postgres") + ";Pooling=false;Options=-c default_transaction_read_only=off");
        await connection.OpenAsync(Cancel);
        foreach (var sql in (string[])[$"ALTER SYSTEM {verb} default_transaction_read_only{(verb == "SET" ? " = on" : string.Empty)}", "SELECT pg_reload_conf()"])
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(Cancel);
        }

        // The postmaster's children, as the next connection is one, have the setting once this one has.
        while (true)
        {
            await using var fresh = new NpgsqlConnection(server.ConnectionString("postgres") + ";Pooling=false");
            await fresh.OpenAsync(Cancel);
            await using var show = new NpgsqlCommand("SELECT current_setting('default_transaction_read_only')::boolean", fresh);
            if (await show.ExecuteScalarAsync(Cancel) is bool isOn && isOn == (verb == "SET"))
            {
                return;
            }
        }
    }
}
