using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Storage.Postgres;
using Berth.Testing.Journal;

namespace Berth.Storage.Tests.Postgres;

/// <summary>What keeps two owners of one pool apart while their statements are in flight.</summary>
public sealed class PostgresFenceTests : IAsyncLifetime
{
    private static readonly PoolName Blue = new("blue");

    private JournalFixture _on = null!;

    public async ValueTask InitializeAsync() => _on = await JournalFixture.StartAsync(await JournalDatabase.NewAsync());

    public ValueTask DisposeAsync() => _on.DisposeAsync();

    [Fact]
    public async Task An_open_waits_for_an_append_in_flight_and_reads_it()
    {
        var opening = await _on.CreateAndOpenAsync(Blue);
        await using var gate = await InsertGate.CloseAsync(_on.Database);
        var append = _on.AppendAsync(Blue, opening, 0).AsTask();
        await gate.WaitForWaitersAsync(1);

        var items = new ReplayedItems();
        var open = _on.OpenJournal().OpenAsync(Blue, new Epoch(2), null, items.Keep).AsTask();
        await gate.WaitForWaitersAsync(2);
        open.IsCompleted.ShouldBeFalse();

        await gate.OpenAsync();
        (await append).ShouldBe(AppendResult.Committed);
        (await open).Outcome.ShouldBe(OpenOutcome.Opened);
        items.ShouldHaveSingleItem().ShouldBeOfType<JournalRecord>().FirstVersion.ShouldBe(1);
    }

    [Fact]
    public async Task An_append_that_meets_an_open_in_flight_is_fenced()
    {
        var opening = await _on.CreateAndOpenAsync(Blue);
        await using var other = await RawSession.OpenAsync(_on.Database);
        await other.RunAsync("BEGIN; UPDATE pools SET opening = opening + 1");
        var append = _on.AppendAsync(Blue, opening, 0).AsTask();
        var licensed = _on.Journal.AppendAsync(Blue, new Epoch(1), opening, 0, JournalFixture.Licensed("one")).AsTask();
        await other.WaitForWaitersAsync(2);
        await other.RunAsync("COMMIT");
        (await append).ShouldBe(AppendResult.Fenced);
        (await licensed).ShouldBe(AppendResult.Fenced);
        (await _on.Journal.ReadAsync(Blue, 0, 10)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_append_that_waited_for_a_change_that_leaves_it_the_pool_is_written_and_one_before_a_new_base_is_not()
    {
        var pools = Enumerable.Range(0, 5).Select(i => new PoolName($"pool {i}")).ToArray();
        var openings = new List<Opening>();
        foreach (var pool in pools)
        {
            openings.Add(await _on.CreateAndOpenAsync(pool));
            (await _on.AppendAsync(pool, openings[^1], 0)).ShouldBe(AppendResult.Committed);
        }

        await using var other = await RawSession.OpenAsync(_on.Database);
        await other.RunAsync("BEGIN; UPDATE pools SET base_version = CASE name WHEN 'pool 3' THEN 2 ELSE 1 END; DELETE FROM events WHERE first = 1");
        var late = _on.AppendAsync(pools[3], openings[3], 1).AsTask();
        await other.WaitForWaitersAsync(1);
        var appends = pools.Select((pool, i) => i == 3 ? late : _on.AppendAsync(pool, openings[i], 1).AsTask()).ToList();
        await other.RunAsync("COMMIT");
        (await Task.WhenAll(appends)).Select(result => result.Outcome).ShouldBe(pools.Select((_, i) =>
            i == 3 ? AppendOutcome.Fenced : AppendOutcome.Committed));
    }

    [Fact]
    public async Task Of_two_that_append_at_one_place_under_one_opening_one_succeeds()
    {
        var opening = await _on.CreateAndOpenAsync(Blue);
        var other = _on.OpenJournal();
        for (var version = 0; version < 50; version++)
        {
            AppendResult[] results = await Task.WhenAll(
                _on.AppendAsync(Blue, opening, version).AsTask(), _on.AppendAsync(Blue, opening, version).AsTask(),
                other.AppendAsync(Blue, new Epoch(1), opening, version, JournalFixture.Batch(version)).AsTask(),
                other.AppendAsync(Blue, new Epoch(1), opening, version, JournalFixture.Licensed($"id {version}")).AsTask());
            results.Count(result => result == AppendResult.Committed).ShouldBe(1);
            results.Count(result => result == AppendResult.Fenced).ShouldBe(3);
        }

        (await _on.Journal.ReadAsync(Blue, 0, 100)).Select(record => record.FirstVersion).ShouldBe(Enumerable.Range(1, 50).Select(i => (long)i));
    }

    [Fact]
    public async Task Who_opens_reads_all_that_was_committed_and_nothing_lands_behind_it()
    {
        const int Pools = 24;
        const int Epochs = 12;
        var journals = Enumerable.Range(0, 3).Select(_ => _on.OpenJournal()).ToArray();
        await Task.WhenAll(Enumerable.Range(0, Pools).Select(async i =>
        {
            var pool = new PoolName($"pool {i}");
            await _on.Journal.CreatePoolAsync(pool);
            var former = Task.FromResult(0L);
            for (var epoch = 1; epoch <= Epochs; epoch++)
            {
                var journal = journals[(i + epoch) % journals.Length];
                var items = new ReplayedItems();
                var opened = await journal.OpenAsync(pool, new Epoch(epoch), null, items.Keep);
                opened.Outcome.ShouldBe(OpenOutcome.Opened);
                var last = items.Count == 0 ? 0 : ((JournalRecord)items[^1]).LastVersion;
                var before = former;
                former = AppendUntilFencedAsync(journal, pool, epoch, opened.Opening, last);

                // The former owner ends by itself, and what it was told to be committed was read.
                (await before).ShouldBeLessThanOrEqualTo(last);
            }

            await _on.OpenJournal(i == 0).OpenAsync(pool, new Epoch(Epochs + 1), null, _ => { });
            await former;
        }));
        for (var i = 0; i < Pools; i++)
        {
            var records = await _on.Journal.ReadAsync(new PoolName($"pool {i}"), 0, int.MaxValue);
            records.Select(record => record.FirstVersion).ShouldBe(Enumerable.Range(1, records.Count).Select(n => (long)n));
            records.Select(record => BitConverter.ToInt64(record.Bytes.Span)).ShouldBeInOrder();
        }
    }

    [Fact]
    public async Task Eight_writers_of_fifty_pools_never_wait_for_each_other_in_a_ring()
    {
        const int Rounds = 12;
        var pools = Enumerable.Range(0, 50).Select(i => new PoolName($"pool {i}")).ToArray();
        await Task.WhenAll(pools.Select(pool => _on.Journal.CreatePoolAsync(pool).AsTask()));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            var journal = _on.OpenJournal();
            var random = new Random(writer);
            for (var round = 0; round < Rounds; round++)
            {
                var mixed = pools.ToArray();
                random.Shuffle(mixed);
                await Task.WhenAll(mixed.Select(async pool =>
                {
                    var items = new ReplayedItems();
                    var opened = await journal.OpenAsync(pool, new Epoch(1), null, items.Keep);
                    var last = items.Count == 0 ? 0 : ((JournalRecord)items[^1]).LastVersion;
                    var result = await journal.AppendAsync(pool, new Epoch(1), opened.Opening, last, JournalFixture.Batch(round));
                    result.Outcome.ShouldNotBe(AppendOutcome.NotWritten, result.Reason);
                }));
            }
        }));
        await using var session = await RawSession.OpenAsync(_on.Database);
        (await session.ReadAsync("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")).ShouldBe(0L);
    }

    /// <summary>The last version that was committed.</summary>
    private static async Task<long> AppendUntilFencedAsync(PostgresJournal journal, PoolName pool, long epoch, Opening opening, long version)
    {
        while (true)
        {
            var batch = new JournalBatch(1, BitConverter.GetBytes(epoch), new byte[32], [], []);
            var result = await journal.AppendAsync(pool, new Epoch(epoch), opening, version, batch);
            if (result == AppendResult.Fenced)
            {
                return version;
            }

            result.ShouldBe(AppendResult.Committed);
            version++;
        }
    }
}
