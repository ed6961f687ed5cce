using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Storage.Sqlite;
using SQLitePCL;

namespace Berth.Storage.Tests.Sqlite;

/// <summary>A disk that is full or cannot be written: the appends are refused, nothing is lost, and it goes on afterwards.</summary>
public sealed class SqliteFailingDiskTests : IAsyncLifetime
{
    private static readonly Epoch Epoch = new(1);

    private readonly ScratchFolder _folder = new();
    private SqliteDatabase _database = null!;
    private SqliteWriter _writer = null!;
    private SqliteReaders _readers = null!;
    private SqliteJournal _journal = null!;

    public ValueTask InitializeAsync()
    {
        // The writer's own connection, so that a test can change its settings between two appends.
        SqliteFile.CreateMissing(_folder.Database);
        _database = SqliteDatabase.Open(_folder.Database, SqliteAccess.ReadWrite);
        var identity = SqliteSchema.Enter(_database, TimeProvider.System);
        var checkpoints = new SqliteCheckpoints(SqliteDatabase.Open(_folder.Database, SqliteAccess.ReadWrite));
        _writer = new SqliteWriter(_database, checkpoints, identity.Incarnation);
        _readers = new SqliteReaders(_folder.Database);
        _journal = new SqliteJournal(_readers, _writer, TimeProvider.System);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _readers.Dispose();
        await _writer.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_full_disk_refuses_loses_nothing_and_goes_on_when_there_is_space()
    {
        var pool = new PoolName("blue");
        var opening = await CreateAsync(pool);
        LimitPages(PageCount() + 20);
        var version = 0L;
        var result = AppendResult.Committed;
        while (result == AppendResult.Committed)
        {
            result = await AppendAsync(pool, opening, version, 5_000);
            version += result == AppendResult.Committed ? 1 : 0;
            version.ShouldBeLessThan(100);
        }

        result.Outcome.ShouldBe(AppendOutcome.NotWritten);
        result.Reason.ShouldNotBeNull().ShouldContain("is full");
        version.ShouldBeGreaterThan(2);
        (await _journal.ReadAsync(pool, 0, 1000)).Count.ShouldBe((int)version);
        (await AppendAsync(pool, opening, version, 5_000)).Outcome.ShouldBe(AppendOutcome.NotWritten);

        LimitPages(100_000);
        (await AppendAsync(pool, opening, version, 5_000)).ShouldBe(AppendResult.Committed);
        (await _journal.ReadAsync(pool, 0, 1000)).Count.ShouldBe((int)version + 1);
    }

    [Fact]
    public async Task A_batch_that_does_not_fit_refuses_none_of_its_neighbors()
    {
        const int Pools = 9;
        var pools = Enumerable.Range(0, Pools).Select(i => new PoolName($"pool {i}")).ToArray();
        var openings = new Opening[Pools];
        for (var i = 0; i < Pools; i++)
        {
            openings[i] = await CreateAsync(pools[i]);
        }

        LimitPages(PageCount() + 40);
        for (var round = 0; round < 5; round++)
        {
            var results = await Task.WhenAll(Enumerable.Range(0, Pools).Select(i =>
                AppendAsync(pools[i], openings[i], i == 4 ? 0 : round, i == 4 ? 1_000_000 : 100).AsTask()));
            results[4].Outcome.ShouldBe(AppendOutcome.NotWritten);
            results.Where((_, i) => i != 4).ShouldAllBe(result => result == AppendResult.Committed);
        }
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_refuses_and_can_still_be_read()
    {
        var pool = new PoolName("blue");
        var opening = await CreateAsync(pool);
        (await AppendAsync(pool, opening, 0, 100)).ShouldBe(AppendResult.Committed);

        _database.Execute("PRAGMA query_only = ON");
        var result = await AppendAsync(pool, opening, 1, 100);
        result.Outcome.ShouldBe(AppendOutcome.NotWritten);
        result.Reason.ShouldNotBeNull().ShouldContain("cannot be written");
        await Should.ThrowAsync<StoreException>(async () => await _journal.CreatePoolAsync(new PoolName("green")));
        (await _journal.ReadAsync(pool, 0, 10)).Count.ShouldBe(1);

        _database.Execute("PRAGMA query_only = OFF");
        (await AppendAsync(pool, opening, 1, 100)).ShouldBe(AppendResult.Committed);
    }

    [Fact]
    public async Task A_foreign_transaction_refuses_while_it_lasts()
    {
        var pool = new PoolName("blue");
        var opening = await CreateAsync(pool);
        _database.Execute("PRAGMA busy_timeout = 1");
        using (var foreign = SqliteDatabase.Open(_folder.Database, SqliteAccess.ReadWrite))
        {
            foreign.Execute("BEGIN IMMEDIATE");
            var result = await AppendAsync(pool, opening, 0, 100);
            result.Outcome.ShouldBe(AppendOutcome.NotWritten);
            result.Reason.ShouldNotBeNull().ShouldContain("locked by another program");
            foreign.Rollback();
        }

        (await AppendAsync(pool, opening, 0, 100)).ShouldBe(AppendResult.Committed);
    }

    [Theory]
    [InlineData(raw.SQLITE_FULL, true)]
    [InlineData(raw.SQLITE_BUSY, true)]
    [InlineData(raw.SQLITE_CONSTRAINT, true)]
    [InlineData(raw.SQLITE_IOERR, false)]
    [InlineData(raw.SQLITE_IOERR_FSYNC, false)]
    [InlineData(raw.SQLITE_IOERR_WRITE, false)]
    [InlineData(raw.SQLITE_CORRUPT, false)]
    [InlineData(raw.SQLITE_NOMEM, false)]
    public void A_commit_that_failed_on_the_disk_may_have_happened(int code, bool certain) =>
        SqliteErrors.NothingWasCommitted(new SqliteErrorException(code, "test")).ShouldBe(certain);

    private async Task<Opening> CreateAsync(PoolName pool)
    {
        await _journal.CreatePoolAsync(pool);
        return (await _journal.OpenAsync(pool, Epoch, null, _ => { })).Opening;
    }

    private ValueTask<AppendResult> AppendAsync(PoolName pool, Opening opening, long version, int bytes) =>
        _journal.AppendAsync(pool, Epoch, opening, version, new JournalBatch(1, new byte[bytes], new byte[32], [], []));

    private long PageCount() => _database.Number("PRAGMA page_count");

    private void LimitPages(long pages) => _database.Execute($"PRAGMA max_page_count = {pages}");
}
