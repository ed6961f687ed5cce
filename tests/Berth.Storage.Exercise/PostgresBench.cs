using System.Globalization;
using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Storage.Postgres;
using Npgsql;

namespace Berth.Storage.Exercise;

/// <summary>What the journal in a PostgreSQL database can do. It makes the tables of Berth in the database that it is told, which is to be empty.</summary>
internal static class PostgresBench
{
    private const int EventBytes = 130;
    private const int Seconds = 4;
    private const int Pools = 20_000;
    private const int Submitters = 256;
    private const int EventsOfPool = 5;

    public static async Task RunAsync(string connectionString)
    {
        await using (var connection = new NpgsqlConnection(connectionString + ";Pooling=false"))
        {
            await connection.OpenAsync();
            await PostgresSchema.EnterAsync(connection);
        }

        foreach (var lanes in new[] { 1, 2, 4 })
        {
            await using var journal = new PostgresJournal(connectionString, TimeProvider.System, new PostgresJournalOptions { AppendConnections = lanes });
            foreach (var (pools, events) in new[] { (8, 1), (50, 1), (50, 20), (256, 1) })
            {
                var own = await OpenAsync(journal, [.. Enumerable.Range(0, pools).Select(i => new PoolName($"{lanes}-{events}-{pools} {i}"))], 64);
                Say($"{lanes} connections, {pools} pools, batches of {events}: {await AppendsAsync(journal, own, pools, events)}");
            }
        }

        await ManyAsync(connectionString);
    }

    private static async Task ManyAsync(string connectionString)
    {
        var names = Enumerable.Range(0, Pools).Select(i => new PoolName($"many {i}")).ToArray();
        await using (var journal = new PostgresJournal(connectionString, TimeProvider.System, new PostgresJournalOptions()))
        {
            var own = await OpenAsync(journal, names, Submitters);
            await EachAsync(own, Submitters, async pool =>
            {
                for (var i = 0; i < EventsOfPool; i++)
                {
                    await pool.AppendAsync(journal, 1);
                }
            });
            foreach (var submitters in new[] { 64, Submitters })
            {
                Say($"{Pools:N0} pools, {submitters} submitters, batches of 1: {await AppendsAsync(journal, own, submitters, 1)}");
            }
        }

        foreach (var callers in new[] { 8, 64, Submitters })
        {
            await using var journal = new PostgresJournal(connectionString, TimeProvider.System, new PostgresJournalOptions());
            var events = 0L;
            var began = TimeProvider.System.GetTimestamp();
            await EachAsync(names, callers, async name =>
                await journal.OpenAsync(name, new Epoch(callers), null, item => Interlocked.Add(ref events, ((JournalRecord)item).Count)));
            Say($"{Pools:N0} pools opened by {callers} callers in {TimeProvider.System.GetElapsedTime(began).TotalMilliseconds:N0} ms, {events:N0} events");
        }
    }

    private static async Task<Pool[]> OpenAsync(PostgresJournal journal, PoolName[] names, int callers)
    {
        var pools = new Pool[names.Length];
        await EachAsync([.. Enumerable.Range(0, names.Length)], callers, async i =>
        {
            await journal.CreatePoolAsync(names[i]);
            pools[i] = new Pool(names[i], (await journal.OpenAsync(names[i], new Epoch(1), null, _ => { })).Opening);
        });
        return pools;
    }

    /// <summary>Each submitter goes over pools of its own, one append after the other.</summary>
    private static async Task<string> AppendsAsync(PostgresJournal journal, Pool[] pools, int submitters, int events)
    {
        var until = TimeProvider.System.GetTimestamp() + Seconds * TimeProvider.System.TimestampFrequency;
        var loops = await Task.WhenAll(Enumerable.Range(0, submitters).Select(first => Task.Run(async () =>
        {
            var waits = new List<double>(1 << 16);
            for (var i = first; TimeProvider.System.GetTimestamp() is var at && at < until; i = i + submitters < pools.Length ? i + submitters : first)
            {
                await pools[i].AppendAsync(journal, events);
                waits.Add(TimeProvider.System.GetElapsedTime(at).TotalMilliseconds);
            }

            return waits;
        })));
        var waits = loops.SelectMany(loop => loop).Order().ToArray();
        return $"{(double)waits.Length * events / Seconds:N0} events/s, {waits.Length / Seconds:N0} appends/s, "
            + $"wait p50 {Ms(waits, 0.5)} p99 {Ms(waits, 0.99)} max {Ms(waits, 1)} ms";
    }

    private static async Task EachAsync<T>(IReadOnlyList<T> items, int callers, Func<T, Task> what)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var i && i < items.Count)
            {
                await what(items[i]);
            }
        })));
    }

    private static string Ms(double[] sorted, double share) =>
        sorted[(int)Math.Min(sorted.Length - 1, share * sorted.Length)].ToString("F2", CultureInfo.InvariantCulture);

    private static void Say(string line) => Console.Out.WriteLine(line);

    private sealed class Pool(PoolName name, Opening opening)
    {
        private long _version;

        public async Task AppendAsync(PostgresJournal journal, int events)
        {
            var batch = new JournalBatch(events, new byte[events * EventBytes], new byte[AuditChain.HashBytes], [], []);
            var result = await journal.AppendAsync(name, new Epoch(1), opening, _version, batch);
            _version += result == AppendResult.Committed ? events : throw new InvalidOperationException(result.ToString());
        }
    }
}
