using System.Security.Cryptography;
using Berth.Protocol;
using Berth.Storage;
using Berth.Survival.Tests.Load;
using Berth.Testing.Postgres;
using Berth.Testing.Processes;
using Npgsql;

namespace Berth.Survival.Tests.Upgrade;

/// <summary>Three members over PostgreSQL: one after the other goes from the version before this one to this one, and one goes back.</summary>
public sealed class ClusterUpgradeTests(PreviousBuild previous, ITestOutputHelper output) : IClassFixture<PreviousBuild>, IAsyncDisposable
{
    private const int Pools = 32;
    private const int SeatsPerPool = 6;
    private const int StayingPerPool = 2;
    private const int ChangingPerPool = 1;

    private readonly TestFolder _folder = new();
    private readonly TestVendor _vendor = new();
    private readonly List<RollingMember> _members = [];

    private static string This => BerthProcess.Program;

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members)
        {
            await member.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task A_rolling_upgrade_refuses_no_heartbeat_and_sells_no_seat_twice()
    {
        var postgres = await PostgresServer.SharedAsync();
        var store = await postgres.NewDatabaseAsync();
        await PlanAsync(store);
        foreach (var member in _members)
        {
            await member.StartAsync(previous.Program);
        }

        var pools = Enumerable.Range(0, Pools).Select(pool => $"pool-{pool}").ToList();
        var view = new ClientView(await AddLicensesAsync(pools));
        var nodes = Nodes(pools, view).ToList();
        using var enough = new CancellationTokenSource();
        var running = Task.WhenAll(nodes.Select(node => node.RunAsync(enough.Token)));
        await RollAsync(new MixedHops(_members, pools));
        await enough.CancelAsync();
        await running;
        output.WriteLine($"{view.Summary}; {nodes.Sum(node => node.Renewals)} heartbeats");

        nodes.SelectMany(node => node.Refused).ShouldBeEmpty();
        nodes.Sum(node => node.Renewals).ShouldBeGreaterThan(Pools * StayingPerPool);
        view.Violations.ShouldBeEmpty();
        foreach (var member in _members)
        {
            await member.StopAsync();
        }

        await CheckHistoryAsync(store, view);
    }

    [Fact]
    public async Task A_store_that_newer_members_use_is_refused_and_left_as_it_is()
    {
        var postgres = await PostgresServer.SharedAsync();
        var database = await postgres.CreateDatabaseAsync();
        await PlanAsync(database.Url);
        await _members[0].StartAsync(previous.Program);
        await _members[0].StopAsync();
        await ExecuteAsync(database, "UPDATE cluster SET feature_level = 99");
        foreach (var program in new[] { This, previous.Program })
        {
            var (code, said) = await _members[1].StartRefusedAsync(program);
            code.ShouldNotBe(0, said);
            said.ShouldContain("The cluster uses feature level 99, and this version can do 1.");
        }

        await ExecuteAsync(database, "UPDATE berth_schema SET version = 99");
        foreach (var program in new[] { This, previous.Program })
        {
            var (code, said) = await _members[1].StartRefusedAsync(program);
            code.ShouldNotBe(0, said);
            said.ShouldContain("schema 99 of a newer version of Berth");
        }

        (await ExecuteAsync(database, "SELECT count(*) FROM members WHERE name = 'm2'")).ShouldBe(0L);
    }

    private async Task RollAsync(MixedHops hops)
    {
        await ReplaceAsync(_members[0], This);
        await hops.SeeBothWaysAsync(previous.Program, This);
        await ReplaceAsync(_members[1], This);
        await hops.SeeBothWaysAsync(previous.Program, This);
        await ReplaceAsync(_members[0], previous.Program); // going back, while the third has never been upgraded
        await hops.SeeBothWaysAsync(previous.Program, This);
        await ReplaceAsync(_members[0], This);
        await ReplaceAsync(_members[2], This);
        await hops.SeeBothWaysAsync(This, This);
    }

    private async Task ReplaceAsync(RollingMember member, string program)
    {
        await member.StopAsync();
        await member.StartAsync(program);
        output.WriteLine($"{member.Name} runs {(program == This ? "this version" : "the previous version")}");
    }

    private async Task PlanAsync(string store)
    {
        var secret = _folder.File("secret");
        await File.WriteAllTextAsync(secret, Convert.ToHexString(RandomNumberGenerator.GetBytes(32)) + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var site = new RollingSite(_folder.Path, store, secret);
        _members.AddRange(Enumerable.Range(1, 3).Select(number => new RollingMember($"m{number}", site)));
    }

    /// <summary>Returns how many seats each license gives, by its key.</summary>
    private async Task<Dictionary<string, int>> AddLicensesAsync(IEnumerable<string> pools)
    {
        var seats = new Dictionary<string, int>(StringComparer.Ordinal);
        using var client = new ManagementClient(_members[0].Socket, TimeProvider.System);
        foreach (var pool in pools)
        {
            var (_, file, key) = _vendor.Issue(SeatsPerPool);
            var added = await client.AddLicensesAsync(
                new AddLicensesRequest([new LicenseUpload(file, key)], _vendor.PublicKey, pool, AllSeats: true), CancellationToken.None);
            added.IsGood.ShouldBeTrue(added.Problem?.ToString());
            seats.Add(key, SeatsPerPool);
        }

        return seats;
    }

    /// <summary>Seats are left for <see cref="MixedHops"/>.</summary>
    private IEnumerable<SteadyNode> Nodes(List<string> pools, ClientView view) => pools.SelectMany((pool, at) =>
        Enumerable.Range(0, StayingPerPool + ChangingPerPool).Select(node => new SteadyNode(
            new Claimant($"n{node}", pool), [.. _members.Select(member => member.Port)], view, releases: node >= StayingPerPool, seed: (at * Pools) + node)));

    /// <summary>By the auditor of these tests, which shares nothing with the pools, and by either version's own.</summary>
    private async Task CheckHistoryAsync(string store, ClientView view)
    {
        var audit = await JournalAudit.ReadAsync(StorageUri.Parse(store));
        audit.Violations.ShouldBeEmpty();
        audit.Expiries.ShouldBe(0);
        view.Held.Except(audit.Holders).ShouldBeEmpty();
        foreach (var program in new[] { previous.Program, This })
        {
            var verdict = await BerthProcess.RunAsync(program, _folder.Path, ["audit", "verify", "--store", store, "--key-file", _folder.File("m1.key")]);
            verdict.ExitCode.ShouldBe(0, $"{program}: {verdict.Out}\n{verdict.Error}");
        }
    }

    private static async Task<object?> ExecuteAsync(TestDatabase database, string sql)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
