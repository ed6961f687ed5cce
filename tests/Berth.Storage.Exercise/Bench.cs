using System.Globalization;
using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Storage.Exercise;

/// <summary>What the journal in a SQLite file can do, measured through its interface.</summary>
internal static class Bench
{
    private const int EventBytes = 130;
    private const int Seconds = 4;

    public static async Task RunAsync(string folder)
    {
        foreach (var (pools, events) in new[] { (1, 16), (1, 64), (8, 8), (64, 1), (64, 8) })
        {
            var database = Path.Combine(folder, $"bench-{pools}-{events}.sqlite");
            await AppendsAsync(database, pools, events);
        }

        await LicensesAsync(Path.Combine(folder, "bench-licenses.sqlite"));
        await ReplayAsync(Path.Combine(folder, "bench-replay.sqlite"));
    }

    private static async Task AppendsAsync(string database, int pools, int events)
    {
        await using var store = await Store.OpenAsync(StorageUri.OfFile(database), StoreUse.Serve, new StoreOptions());
        var until = TimeProvider.System.GetTimestamp() + Seconds * TimeProvider.System.TimestampFrequency;
        var allocated = GC.GetTotalAllocatedBytes();
        var loops = await Task.WhenAll(Enumerable.Range(0, pools).Select(i =>
            Task.Run(() => LoopAsync(store, $"pool {i}", events, until))));
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        var waits = loops.SelectMany(loop => loop).Order().ToArray();
        Say($"append: {pools} pools, batches of {events}: {(double)waits.Length * events / Seconds:N0} events/s, "
            + $"{waits.Length / Seconds:N0} batches/s, "
            + $"wait p50 {Ms(waits, 0.5)} p99 {Ms(waits, 0.99)} p999 {Ms(waits, 0.999)} max {Ms(waits, 1)} ms, "
            + $"{allocated / waits.Length} bytes allocated each, log {new FileInfo(database + "-wal").Length >> 20} MiB, "
            + $"file {new FileInfo(database).Length >> 20} MiB for {(long)waits.Length * events * EventBytes >> 20} MiB");
    }

    private static async Task<List<double>> LoopAsync(Store store, string name, int events, long until)
    {
        var pool = new PoolName(name);
        await store.Journal.CreatePoolAsync(pool);
        var opened = await store.Journal.OpenAsync(pool, store.Epoch, null, _ => { });
        var batch = new JournalBatch(events, new byte[events * EventBytes], new byte[AuditChain.HashBytes], [], []);
        var version = 0L;
        var waits = new List<double>(1 << 16);
        for (var at = TimeProvider.System.GetTimestamp(); at < until;)
        {
            var result = await store.Journal.AppendAsync(pool, store.Epoch, opened.Opening, version, batch);
            if (result != AppendResult.Committed)
            {
                throw new InvalidOperationException(result.ToString());
            }

            version += events;
            waits.Add(TimeProvider.System.GetElapsedTime(at).TotalMilliseconds);
            at = TimeProvider.System.GetTimestamp();
        }

        return waits;
    }

    private static async Task LicensesAsync(string database)
    {
        const int Count = 50_000;
        const int InBatch = 50;
        await using var store = await Store.OpenAsync(StorageUri.OfFile(database), StoreUse.Serve, new StoreOptions());
        var pool = new PoolName("blue");
        await store.Journal.CreatePoolAsync(pool);
        var opened = await store.Journal.OpenAsync(pool, store.Epoch, null, _ => { });
        var random = new Random(1);
        var began = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < Count; i += InBatch)
        {
            var rows = Enumerable.Range(i, InBatch).Select(n => License(pool, n, random)).ToList();
            var batch = new JournalBatch(InBatch, new byte[InBatch * EventBytes], new byte[AuditChain.HashBytes], rows, []);
            await store.Journal.AppendAsync(pool, store.Epoch, opened.Opening, i, batch);
        }

        Say($"licenses: {Count / TimeProvider.System.GetElapsedTime(began).TotalSeconds:N0} of 4 kB added/s, {InBatch} a batch");
        for (var turn = 0; turn < 3; turn++)
        {
            began = TimeProvider.System.GetTimestamp();
            for (var i = 0; i < Count; i++)
            {
                _ = await store.Journal.ReadLicenseAsync(new LicenseId($"id-{random.Next(Count)}"));
            }

            Say($"licenses: a read of one takes {TimeProvider.System.GetElapsedTime(began).TotalMicroseconds / Count:N1} us");
        }
    }

    private static LicenseRow License(PoolName pool, int number, Random random)
    {
        var file = new byte[4096];
        random.NextBytes(file);
        return new LicenseRow(new LicenseId($"id-{number}"), pool, file, $"key-{number}-{random.NextInt64()}");
    }

    private static async Task ReplayAsync(string database)
    {
        const int Batches = 62_500;
        const int Events = 16;
        const int AtOnce = 500;
        var uri = StorageUri.OfFile(database);
        var pool = new PoolName("blue");
        await using (var store = await Store.OpenAsync(uri, StoreUse.Serve, new StoreOptions()))
        {
            await store.Journal.CreatePoolAsync(pool);
            var opened = await store.Journal.OpenAsync(pool, store.Epoch, null, _ => { });
            var batch = new JournalBatch(Events, new byte[Events * EventBytes], new byte[AuditChain.HashBytes], [], []);
            for (var i = 0; i < Batches; i += AtOnce)
            {
                var appends = Enumerable.Range(i, AtOnce).Select(n =>
                    store.Journal.AppendAsync(pool, store.Epoch, opened.Opening, (long)n * Events, batch).AsTask());
                if ((await Task.WhenAll(appends)).Any(result => result != AppendResult.Committed))
                {
                    throw new InvalidOperationException("An append was refused.");
                }
            }
        }

        var began = TimeProvider.System.GetTimestamp();
        await using var again = await Store.OpenAsync(uri, StoreUse.Serve, new StoreOptions());
        Say($"replay: the store was open after {TimeProvider.System.GetElapsedTime(began).TotalMilliseconds:N1} ms");
        began = TimeProvider.System.GetTimestamp();
        var events = 0L;
        await again.Journal.OpenAsync(pool, again.Epoch, null, item => events += ((JournalRecord)item).Count);
        Say($"replay: {events:N0} events in {TimeProvider.System.GetElapsedTime(began).TotalMilliseconds:N0} ms");
    }

    private static string Ms(double[] sorted, double share) =>
        sorted[(int)Math.Min(sorted.Length - 1, share * sorted.Length)].ToString("F2", CultureInfo.InvariantCulture);

    private static void Say(string line) => Console.Out.WriteLine(line);
}
