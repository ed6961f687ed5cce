namespace Berth.Storage.Tests.Sqlite;

/// <summary>A folder of one test, with one database in it.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("berth-storage-");

    /// <summary>The database file.</summary>
    public string Database => Path.Combine(_folder.FullName, "x.sqlite");

    public ValueTask<Store> OpenAsync(StoreUse use, StoreOptions? options = null) =>
        Store.OpenAsync(StorageUri.OfFile(Database), use, options ?? new StoreOptions());

    public void Dispose() => _folder.Delete(recursive: true);
}
