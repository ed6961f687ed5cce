namespace Berth.Storage.Exercise;

/// <summary>Serves a database until its input ends.</summary>
internal static class Hold
{
    public static async Task RunAsync(string database)
    {
        var options = new StoreOptions { Socket = database + ".sock" };
        await using var store = await Store.OpenAsync(StorageUri.OfFile(database), StoreUse.Serve, options);
        await Console.Out.WriteLineAsync("held");
        await Console.In.ReadLineAsync();
    }
}
