using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Storage.Postgres;
using Berth.Testing.Postgres;

namespace Berth.Storage.Tests.Postgres;

/// <summary>What the sessions of members show, and what they do not.</summary>
public sealed class MembershipEvidenceTests : IAsyncLifetime
{
    private const string Sessions = "FROM pg_locks WHERE locktype = 'advisory' AND classid = 1114797160"
        + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND objid =";

    private readonly List<PostgresServer> _servers = [];
    private MembershipDatabase _database = null!;
    private PostgresMembershipTable _watcher = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await UseAsync(await PostgresServer.SharedAsync());

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_member_whose_process_is_gone_has_ended_and_one_that_lives_has_not()
    {
        var (table, ann) = await ShownAsync("ann");
        var (_, bob) = await ShownAsync("bob");
        (await HasEndedAsync(ann)).ShouldBeFalse();
        await table.DisposeAsync();
        await UntilAsync(() => HasEndedAsync(ann));
        (await HasEndedAsync(bob)).ShouldBeFalse();
    }

    [Fact]
    public async Task Of_a_member_that_was_never_shown_nothing_is_known()
    {
        var silent = new PostgresMembershipTable(new PostgresHosts(_database.Address), session: null);
        var ann = (await silent.JoinAsync(Card("ann"), Cancel)).Incarnation!.Value;
        await silent.DisposeAsync();
        (await HasEndedAsync(ann)).ShouldBeFalse();
        (await HasEndedAsync(new Incarnation(77))).ShouldBeFalse();
    }

    [Fact]
    public async Task Who_is_down_or_has_left_is_not_asked_about()
    {
        var (table, ann) = await ShownAsync("ann");
        var (other, bob) = await ShownAsync("bob");
        await table.LeaveAsync(ann, [], Cancel);
        await other.DownAsync(bob, Cancel);
        await table.DisposeAsync();
        await other.DisposeAsync();
        await UntilAsync(async () => await HoldersAsync(ann) + await HoldersAsync(bob) == 0);
        (await HasEndedAsync(ann)).ShouldBeFalse();
        (await HasEndedAsync(bob)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_session_that_was_lost_is_opened_again()
    {
        var (_, ann) = await ShownAsync("ann");
        var lost = await HolderAsync(ann);
        await _database.AskAsync<bool>($"SELECT pg_terminate_backend({lost})");
        await UntilAsync(async () => await HoldersAsync(ann) == 1 && await HolderAsync(ann) != lost);
        await UntilAsync(async () => !await HasEndedAsync(ann));
    }

    [Fact]
    public async Task The_next_life_of_a_member_is_shown_and_the_former_is_not()
    {
        var (table, former) = await ShownAsync("ann");
        var ann = (await table.JoinAsync(Card("ann"), Cancel)).Incarnation!.Value;
        await UntilAsync(async () => await HoldersAsync(ann) == 1 && await HoldersAsync(former) == 0);
        await UntilAsync(() => IsNotedAsync(ann));
        await table.DisposeAsync();
        await UntilAsync(() => HasEndedAsync(ann));
    }

    [Fact]
    public async Task After_a_restart_of_the_server_a_session_that_is_missing_shows_nothing()
    {
        var server = await OwnServerAsync();
        var (table, ann) = await ShownAsync("ann");
        await server.StopAsync();
        await table.DisposeAsync();
        await server.StartAsync();
        (await HasEndedAsync(ann)).ShouldBeFalse();
    }

    [Fact]
    public async Task After_a_restart_a_member_that_lives_is_shown_again()
    {
        var server = await OwnServerAsync();
        var (table, ann) = await ShownAsync("ann");
        await server.KillAsync();
        await server.StartAsync();
        await UntilAsync(async () => await HoldersAsync(ann) == 1 && await IsNotedAsync(ann));
        await table.DisposeAsync();
        await UntilAsync(() => HasEndedAsync(ann));
    }

    [Fact]
    public async Task After_a_crash_of_one_backend_which_ends_all_sessions_a_session_that_is_missing_shows_nothing()
    {
        await OwnServerAsync();
        var (table, ann) = await ShownAsync("ann");
        await table.DisposeAsync();
        await UntilAsync(() => HasEndedAsync(ann));
        var started = await _database.AskAsync<string>("SELECT pg_postmaster_start_time()::text");
        await using (var session = await new PostgresHosts(_database.Address).OpenAsync(Cancel))
        {
            await System.Diagnostics.Process.Start("kill", ["-KILL", $"{session.Connection.ProcessID}"]).WaitForExitAsync(Cancel);
        }

        await UntilAsync(async () => !await HasEndedAsync(ann));
        (await _database.AskAsync<string>("SELECT pg_postmaster_start_time()::text")).ShouldBe(started);
    }

    [Fact]
    public async Task A_user_without_rights_may_ask()
    {
        var (_, ann) = await ShownAsync("ann");
        await using var session = await new PostgresHosts(_database.Address).OpenAsync(Cancel);
        await using var become = new Npgsql.NpgsqlCommand(
            "CREATE ROLE plain; GRANT SELECT ON members TO plain; SET ROLE plain", session.Connection);
        await become.ExecuteNonQueryAsync(Cancel);
        (await MemberSession.HasEndedAsync(session, ann, Cancel)).ShouldBeFalse();
        await using var back = new Npgsql.NpgsqlCommand("RESET ROLE; DROP OWNED BY plain; DROP ROLE plain", session.Connection);
        await back.ExecuteNonQueryAsync(Cancel);
    }

    private static MemberCard Card(string name) =>
        new(name, name + ".site:7443", "site", "digest", FeatureLevel: 1, TimeSpan.FromSeconds(3), PolicyException.None);

    private async Task UseAsync(PostgresServer server)
    {
        _database = await MembershipDatabase.MakeAsync(server);
        _watcher = _database.Open();
    }

    private async Task<PostgresServer> OwnServerAsync()
    {
        await _database.DisposeAsync();
        var server = await PostgresServer.StartAsync();
        _servers.Add(server);
        await UseAsync(server);
        return server;
    }

    /// <summary>A member whose session has been noted.</summary>
    private async Task<(PostgresMembershipTable Table, Incarnation Member)> ShownAsync(string name)
    {
        var table = _database.Open();
        var member = (await table.JoinAsync(Card(name), Cancel)).Incarnation!.Value;
        await UntilAsync(() => IsNotedAsync(member));
        return (table, member);
    }

    private async Task<bool> HasEndedAsync(Incarnation member)
    {
        try
        {
            return await _watcher.HasEndedAsync(new MemberRow(member, Card("ann"), 0, MemberState.Up, 0), Cancel);
        }
        catch (Npgsql.NpgsqlException)
        {
            // The server is coming back.
            return true;
        }
    }

    private Task<bool> IsNotedAsync(Incarnation member) => TryAsync(
        () => _database.AskAsync<bool>($"SELECT coalesce(server_run = {MemberSession.ServerRun}, false) FROM members WHERE incarnation = {member.Value}"));

    private Task<int> HoldersAsync(Incarnation member) => _database.AskAsync<int>($"SELECT count(*)::int {Sessions} {member.Value}");

    private Task<int> HolderAsync(Incarnation member) => _database.AskAsync<int>($"SELECT pid {Sessions} {member.Value}");

    private static async Task<bool> TryAsync(Func<Task<bool>> fact)
    {
        try
        {
            return await fact();
        }
        catch (Npgsql.NpgsqlException)
        {
            // The server is coming back.
            return false;
        }
    }

    /// <summary>Waits for a fact, which only the test's own limit can end.</summary>
    private static async Task UntilAsync(Func<Task<bool>> fact)
    {
        while (!await fact())
        {
            Cancel.ThrowIfCancellationRequested();
        }
    }
}
