using System.Text;
using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Storage.Postgres;
using Berth.Testing.Postgres;

namespace Berth.Storage.Tests.Postgres;

/// <summary>A journal on a database of a test, and more of them, as other members would have.</summary>
internal sealed class JournalFixture : IAsyncDisposable
{
    private readonly List<PostgresJournal> _others = [];
    private readonly PostgresJournalOptions _options;

    private JournalFixture(TestDatabase database, PostgresJournalOptions options)
    {
        Database = database;
        _options = options;
        Journal = new PostgresJournal(database.ConnectionString, TimeProvider.System, options);
    }

    /// <summary>So long that no test ends by it, however busy the machine is.</summary>
    public static PostgresJournalOptions Patient => new() { LockLimit = TimeSpan.FromSeconds(60), TimeLimit = TimeSpan.FromSeconds(60) };

    public TestDatabase Database { get; }

    public PostgresJournal Journal { get; }

    public static ValueTask<JournalFixture> StartAsync(TestDatabase database, PostgresJournalOptions? options = null) =>
        new(new JournalFixture(database, options ?? Patient));

    /// <summary>A batch of one event.</summary>
    public static JournalBatch Batch(int seed) => new(1, BitConverter.GetBytes(seed), new byte[32], [], []);

    /// <summary>A batch of one event with a license.</summary>
    public static JournalBatch Licensed(string id) => new(
        1, new byte[1], new byte[32], [new LicenseRow(new LicenseId(id), new PoolName("blue"), Encoding.UTF8.GetBytes("file of " + id), "key of " + id)], []);

    /// <summary>What another member has; the first one itself where there is to be none.</summary>
    public PostgresJournal OpenJournal(bool another = true)
    {
        if (!another)
        {
            return Journal;
        }

        var journal = new PostgresJournal(Database.ConnectionString, TimeProvider.System, _options);
        lock (_others)
        {
            _others.Add(journal);
        }

        return journal;
    }

    public async Task<Opening> CreateAndOpenAsync(PoolName pool)
    {
        await Journal.CreatePoolAsync(pool);
        return (await Journal.OpenAsync(pool, new Epoch(1), null, _ => { })).Opening;
    }

    public ValueTask<AppendResult> AppendAsync(PoolName pool, Opening opening, long expected) =>
        Journal.AppendAsync(pool, new Epoch(1), opening, expected, Batch((int)expected));

    public async ValueTask DisposeAsync()
    {
        foreach (var journal in _others.Append(Journal))
        {
            await journal.DisposeAsync();
        }
    }
}
