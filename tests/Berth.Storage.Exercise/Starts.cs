using Berth.Pools;

namespace Berth.Storage.Exercise;

/// <summary>Opens a database for writing again and again, as fast as the others that do so let it.</summary>
internal static class Starts
{
    public static async Task RunAsync(string database, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await using var store = await OpenAsync(database);
            await store.Journal.CreatePoolAsync(new PoolName($"{Environment.ProcessId} {i}"));
            await Console.Out.WriteLineAsync($"{store.ClusterId} {store.Epoch.Value}");
        }
    }

    private static async Task<Store> OpenAsync(string database)
    {
        while (true)
        {
            try
            {
                return await Store.OpenAsync(StorageUri.OfFile(database), StoreUse.Verb, new StoreOptions());
            }
            catch (StoreHeldException error) when (!error.Holder.IsServing)
            {
                // Ten seconds of bad luck on a slow machine. Anything else ends the process.
                await Console.Error.WriteLineAsync(error.Message);
            }
        }
    }
}
