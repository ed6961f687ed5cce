using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Storage.Postgres;
using Berth.Testing.Postgres;
using Npgsql;

namespace Berth.Storage.Tests.Postgres;

/// <summary>A server that stands still, restarts, is replaced or warns.</summary>
public sealed class MembershipOutageTests : IAsyncLifetime
{
    private static readonly int[] _shards = [1, 2];

    private PostgresServer _server = null!;
    private MembershipDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartAsync();
        _database = await MembershipDatabase.MakeAsync(_server);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_call_that_is_given_up_ends_at_once_though_the_server_stands_still_and_the_next_works()
    {
        var table = _database.Open();
        var fresh = _database.Open();
        var ann = (await table.JoinAsync(Card("ann"), Cancel)).Incarnation!.Value;
        await table.RenewAsync(ann, Cancel);
        await table.ReadAsync(Cancel);
        await _server.SignalAllAsync("STOP");
        try
        {
            await GivenUpAsync(cancel => table.RenewAsync(ann, cancel).AsTask());
            await GivenUpAsync(cancel => table.ReadAsync(cancel).AsTask());
            await GivenUpAsync(cancel => table.AcquireAsync(ann, _shards, from: null, cancel).AsTask());
            await GivenUpAsync(cancel => table.RenewAsync(ann, cancel).AsTask());
            await GivenUpAsync(cancel => fresh.ReadAsync(cancel).AsTask());
        }
        finally
        {
            await _server.SignalAllAsync("CONT");
        }

        (await table.RenewAsync(ann, Cancel)).Up.ShouldBeTrue();
        (await table.ReadAsync(Cancel)).Members[0].Counter.ShouldBeGreaterThanOrEqualTo(2);
        (await table.AcquireAsync(ann, _shards, from: null, Cancel)).Outcome.ShouldBe(AcquireOutcome.Acquired);
        (await fresh.ReadAsync(Cancel)).Members.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_driver_that_does_not_come_back_when_told_to_keeps_nobody_waiting()
    {
        await using var line = new PostgresLine(new PostgresHosts(_database.Address));
        var stuck = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var kept = await line.RunAsync((session, _) => Task.FromResult(session), Cancel);
        await GivenUpAsync(cancel => line.RunAsync((_, _) => stuck.Task, cancel).AsTask());

        (await line.RunAsync((session, _) => Task.FromResult(session), Cancel)).ShouldNotBe(kept);
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        kept.Connection.StateChange += (_, change) => _ = change.CurrentState == System.Data.ConnectionState.Closed && closed.TrySetResult();
        kept.Connection.State.ShouldBe(System.Data.ConnectionState.Open);
        stuck.SetResult(0);
        await closed.Task.WaitAsync(Cancel);
    }

    [Fact]
    public async Task What_was_answered_is_there_after_a_restart_and_renewing_and_reading_go_on_by_themselves()
    {
        var table = _database.Open();
        var ann = (await table.JoinAsync(Card("ann"), Cancel)).Incarnation!.Value;
        await table.AcquireAsync(ann, _shards, from: null, Cancel);
        var owned = (await table.RenewAsync(ann, Cancel)).Owned;
        var before = await table.ReadAsync(Cancel);

        await _server.KillAsync();
        await Should.ThrowAsync<NpgsqlException>(async () => await table.RenewAsync(ann, Cancel));
        await Should.ThrowAsync<NpgsqlException>(async () => await table.ReadAsync(Cancel));
        await _server.StartAsync();
        (await table.RenewAsync(ann, Cancel)).Owned.ShouldBe(owned);
        await table.ReadAsync(Cancel);

        await _server.StopAsync();
        await _server.StartAsync();
        (await table.RenewAsync(ann, Cancel)).Owned.ShouldBe(owned);
        var after = await table.ReadAsync(Cancel);
        after.Shards.ShouldBe(before.Shards);
        after.Members.ShouldBe([before.Members[0] with { Counter = before.Members[0].Counter + 2 }]);

        // Others than these are not made a second time by themselves: nobody knows whether the first did something.
        await Should.ThrowAsync<NpgsqlException>(async () => await table.DownAsync(ann, Cancel));
        (await table.DownAsync(ann, Cancel)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_commit_that_no_standby_has_confirmed_is_not_known_to_stand()
    {
        await using var table = new PostgresMembershipTable(new PostgresHosts(_database.Address), session: null);
        var ann = (await table.JoinAsync(Card("ann"), Cancel)).Incarnation!.Value;
        await table.RenewAsync(ann, Cancel);
        await TellAsync("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
        var renewal = table.RenewAsync(ann, Cancel).AsTask();
        const string Waits = "SELECT count(*)::int FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
        while (await _database.AskAsync<int>(Waits) == 0)
        {
            // The settings may reach that session after its first commit.
            renewal = renewal.IsCompleted ? table.RenewAsync(ann, Cancel).AsTask() : renewal;
        }

        await _database.AskAsync<long>("SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
        (await Should.ThrowAsync<StoreException>(renewal)).Message.ShouldContain("canceling wait for synchronous replication");
        await TellAsync("ALTER SYSTEM RESET synchronous_standby_names");
        (await table.RenewAsync(ann, Cancel)).Up.ShouldBeTrue();
    }

    [Fact]
    public async Task Of_several_hosts_the_one_that_takes_writes_is_found_and_found_again()
    {
        await using var second = await PostgresServer.StartAsync("default_transaction_read_only=on");
        await RunAsync(second, $"CREATE DATABASE {_database.Address.Database}");
        var both = PostgresAddress.Parse($"postgres://berth@127.0.0.1:{second.Port},127.0.0.1:{_server.Port}/{_database.Address.Database}");
        var hosts = new PostgresHosts(both);
        await using var table = new PostgresMembershipTable(hosts, session: null);
        var ann = (await table.JoinAsync(Card("ann"), Cancel)).Incarnation!.Value;
        (await _database.Open().ReadAsync(Cancel)).Members[0].Incarnation.ShouldBe(ann);

        // The first stands still: one call is given up, and the next finds the second.
        var silent = new PostgresMembershipTable(new PostgresHosts(both), session: null);
        await second.SignalAllAsync("STOP");
        try
        {
            await GivenUpAsync(cancel => silent.RenewAsync(ann, cancel).AsTask());
            (await silent.RenewAsync(ann, Cancel)).Up.ShouldBeTrue();
            (await silent.ReadAsync(Cancel)).Members.Count.ShouldBe(1);
        }
        finally
        {
            await second.SignalAllAsync("CONT");
        }

        await silent.DisposeAsync();
    }

    private static MemberCard Card(string name) =>
        new(name, name + ".site:7443", "site", "digest", FeatureLevel: 1, TimeSpan.FromSeconds(3), PolicyException.None);

    /// <summary>The call is on its way when it is given up, because it runs until it waits for the server.</summary>
    private static async Task GivenUpAsync(Func<CancellationToken, Task> call)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = call(limit.Token);
        running.IsCompleted.ShouldBeFalse();
        await limit.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
    }

    private static async Task RunAsync(PostgresServer server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString("postgres") + ";Pooling=false;Options=-c default_transaction_read_only=off");
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private async Task TellAsync(string sql)
    {
        await using var session = await new PostgresHosts(_database.Address).OpenAsync(Cancel);
        foreach (var each in new[] { sql, "SELECT pg_reload_conf()" })
        {
            await using var command = new NpgsqlCommand(each, session.Connection);
            await command.ExecuteNonQueryAsync(Cancel);
        }
    }
}
