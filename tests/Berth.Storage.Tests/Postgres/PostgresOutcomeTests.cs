using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Storage.Postgres;
using Berth.Testing.Postgres;

namespace Berth.Storage.Tests.Postgres;

/// <summary>What is known after something went wrong, on the server that tests share.</summary>
public sealed class PostgresOutcomeTests
{
    private static readonly PoolName Blue = new("blue");

    [Fact]
    public async Task A_server_that_cannot_be_reached_has_written_nothing()
    {
        var nobody = new TestDatabase("none", "none", "Host=127.0.0.1;Port=1;Username=berth;Database=none");
        await using var on = await JournalFixture.StartAsync(nobody);
        foreach (var batch in new[] { JournalFixture.Batch(1), JournalFixture.Licensed("one") })
        {
            var result = await on.Journal.AppendAsync(Blue, new Epoch(1), new Opening(1), 0, batch);
            (result.Outcome, result.DuplicateLicense).ShouldBe((AppendOutcome.NotWritten, false));
            result.Reason.ShouldNotBeNull().ShouldContain("cannot be reached");
        }

        var part = new SnapshotPart(0, new byte[32], 0, 1, new byte[1]);
        (await on.Journal.WriteSnapshotAsync(Blue, new Epoch(1), new Opening(1), part)).Outcome.ShouldBe(AppendOutcome.NotWritten);
        await Should.ThrowAsync<StoreException>(async () => await on.Journal.OpenAsync(Blue, new Epoch(1), null, _ => { }));
        await Should.ThrowAsync<StoreException>(async () => await on.Journal.ListPoolsAsync(null, 1));
    }

    [Fact]
    public async Task A_full_disk_refuses_the_pool_that_needs_room_and_no_other_of_its_statement()
    {
        await using var on = await JournalFixture.StartAsync(await JournalDatabase.NewAsync(), JournalFixture.Patient with { AppendConnections = 1 });
        var pools = Enumerable.Range(0, 6).Select(i => new PoolName($"pool {i}")).ToArray();
        var openings = new List<Opening>();
        foreach (var pool in pools)
        {
            openings.Add(await on.CreateAndOpenAsync(pool));
        }

        await using var other = await RawSession.OpenAsync(on.Database);
        await other.RunAsync("""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no room'' USING ERRCODE = ''53100''; END';
            CREATE TRIGGER full_disk BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.pool_id = 3) EXECUTE FUNCTION refuse();
            BEGIN; LOCK TABLE events IN ACCESS EXCLUSIVE MODE
            """);

        // The first stands in the statement, so that the others wait together.
        var appends = pools.Select((pool, i) => on.AppendAsync(pool, openings[i], 0).AsTask()).ToList();
        await other.WaitForWaitersAsync(1);
        await other.RunAsync("COMMIT");
        var results = await Task.WhenAll(appends);
        results[2].Outcome.ShouldBe(AppendOutcome.NotWritten);
        results[2].Reason.ShouldNotBeNull().ShouldContain("disk");
        results.Where((_, i) => i != 2).ShouldAllBe(result => result == AppendResult.Committed);
    }

    [Fact]
    public async Task A_server_that_only_reads_has_written_nothing()
    {
        var database = await JournalDatabase.NewAsync();
        await using var on = await JournalFixture.StartAsync(database);
        var opening = await on.CreateAndOpenAsync(Blue);
        await using var other = await RawSession.OpenAsync(database);
        await other.RunAsync($"ALTER DATABASE {database.Name} SET default_transaction_read_only = on");
        var later = on.OpenJournal();
        foreach (var batch in new[] { JournalFixture.Batch(1), JournalFixture.Licensed("one") })
        {
            var result = await later.AppendAsync(Blue, new Epoch(1), opening, 0, batch);
            result.Outcome.ShouldBe(AppendOutcome.NotWritten);
            result.Reason.ShouldNotBeNull().ShouldContain("only reads");
        }
    }

    [Fact]
    public async Task A_pool_whose_row_somebody_holds_is_refused_after_a_while_and_alone()
    {
        await using var on = await JournalFixture.StartAsync(
            await JournalDatabase.NewAsync(), JournalFixture.Patient with { AppendConnections = 1, LockLimit = TimeSpan.FromMilliseconds(200) });
        var green = new PoolName("green");
        var (blue, other) = (await on.CreateAndOpenAsync(Blue), await on.CreateAndOpenAsync(green));
        await using var holder = await RawSession.OpenAsync(on.Database);
        await holder.RunAsync("BEGIN; SELECT 1 FROM pools WHERE name = 'blue' FOR UPDATE");
        var results = await Task.WhenAll(on.AppendAsync(Blue, blue, 0).AsTask(), on.AppendAsync(green, other, 0).AsTask());
        results[0].Outcome.ShouldBe(AppendOutcome.NotWritten);
        results[0].Reason.ShouldNotBeNull().ShouldContain("lock");
        results[1].ShouldBe(AppendResult.Committed);
        await holder.RunAsync("COMMIT");
        (await on.AppendAsync(Blue, blue, 0)).ShouldBe(AppendResult.Committed);
    }

    [Fact]
    public async Task Whoever_waits_for_each_other_over_licenses_is_repeated_until_it_is_known()
    {
        await using var on = await JournalFixture.StartAsync(await JournalDatabase.NewAsync());
        var ids = Enumerable.Range(0, 40).Select(i => $"id {i}").ToArray();
        var pools = Enumerable.Range(0, 4).Select(i => new PoolName($"pool {i}")).ToArray();
        var results = await Task.WhenAll(pools.Select(async (pool, i) =>
        {
            var opening = await on.CreateAndOpenAsync(pool);
            var mixed = ids.ToArray();
            new Random(i).Shuffle(mixed);
            var rows = mixed.Select(id => JournalFixture.Licensed(id).AddedLicenses[0]).ToList();
            return await on.OpenJournal().AppendAsync(pool, new Epoch(1), opening, 0, new JournalBatch(1, new byte[1], new byte[32], rows, []));
        }));
        results.Count(result => result == AppendResult.Committed).ShouldBe(1);
        results.Count(result => result.DuplicateLicense).ShouldBe(pools.Length - 1);
    }

    [Fact]
    public async Task Connections_that_ended_while_nobody_used_them_cost_no_read_and_no_transaction()
    {
        await using var on = await JournalFixture.StartAsync(await JournalDatabase.NewAsync(), JournalFixture.Patient with { AppendConnections = 1 });
        var opening = await on.CreateAndOpenAsync(Blue);
        (await on.AppendAsync(Blue, opening, 0)).ShouldBe(AppendResult.Committed);
        await on.Journal.ListPoolsAsync(null, 1);
        await on.Journal.ReadNewestAsync(Blue, _ => { });
        await using var other = await RawSession.OpenAsync(on.Database);
        const string Others = "FROM pg_stat_activity WHERE datname = current_database() AND pid != pg_backend_pid()";
        await other.RunAsync($"SELECT pg_terminate_backend(pid) {Others}");
        await other.WaitForAsync($"SELECT count(*) = 0 {Others}");

        (await on.Journal.ListPoolsAsync(null, 1)).ShouldBe([Blue]);
        (await on.Journal.ReadNewestAsync(Blue, _ => { })).ShouldBeTrue();
        (await on.Journal.CreatePoolAsync(new PoolName("green"))).ShouldBeTrue();

        // An append was sent: nobody knows. The next has a new connection.
        await Should.ThrowAsync<StoreException>(async () => await on.AppendAsync(Blue, opening, 1));
        (await on.AppendAsync(Blue, opening, 1)).ShouldBe(AppendResult.Committed);
    }
}
