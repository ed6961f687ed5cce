using Berth.Pools;
using Berth.Runtime.Journal;

namespace Berth.Storage.Exercise;

/// <summary>Appends one event after the other and says each version once it is durable, until somebody kills it.</summary>
internal static class Appends
{
    public static async Task RunAsync(string database)
    {
        var pool = new PoolName("blue");
        await using var store = await Store.OpenAsync(StorageUri.OfFile(database), StoreUse.Serve, new StoreOptions());
        await store.Journal.CreatePoolAsync(pool);
        var version = 0L;
        var opened = await store.Journal.OpenAsync(pool, store.Epoch, null, item => version = ((JournalRecord)item).LastVersion);
        while (true)
        {
            var batch = new JournalBatch(1, BitConverter.GetBytes(version + 1), new byte[AuditChain.HashBytes], [], []);
            var result = await store.Journal.AppendAsync(pool, store.Epoch, opened.Opening, version, batch);
            if (result != AppendResult.Committed)
            {
                throw new InvalidOperationException(result.ToString());
            }

            await Console.Out.WriteLineAsync($"{++version}");
        }
    }
}
