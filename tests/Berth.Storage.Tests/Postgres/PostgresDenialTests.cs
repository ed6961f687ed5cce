using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Storage.Postgres;

namespace Berth.Storage.Tests.Postgres;

/// <summary>What counting denials costs a database that knows nothing yet of how many there are.</summary>
public sealed class PostgresDenialTests
{
    private const string Read = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_user_tables WHERE relname = 'denials'";

    [Fact]
    public async Task A_batch_reads_the_rows_that_it_counts_and_not_all_of_its_pool()
    {
        const int Batches = 8;
        var database = await JournalDatabase.NewAsync();
        await using (var journal = new PostgresJournal(database.ConnectionString, TimeProvider.System, JournalFixture.Patient))
        {
            await journal.CreatePoolAsync(new("blue"));
            for (var batch = 0; batch < Batches; batch++)
            {
                await journal.RecordDenialsAsync([.. Enumerable.Range(batch * DenialCount.MaxAtOnce, DenialCount.MaxAtOnce).Select(Denial)]);
            }

            // The last rows once more: these are there, and are read.
            await journal.RecordDenialsAsync([.. Enumerable.Range((Batches - 1) * DenialCount.MaxAtOnce, DenialCount.MaxAtOnce).Select(Denial)]);
        }

        // The server counts what a session did when it ends.
        await using var session = await RawSession.OpenAsync(database);
        await session.WaitForAsync($"SELECT n_tup_ins >= {Batches * DenialCount.MaxAtOnce} FROM pg_stat_user_tables WHERE relname = 'denials'");
        ((long)(await session.ReadAsync(Read))!).ShouldBeLessThanOrEqualTo(4 * DenialCount.MaxAtOnce);
    }

    private static DenialCount Denial(int node) => new(new PoolName("blue"), "held", new Fingerprint($"node-{node}"), 1, node, node);
}
