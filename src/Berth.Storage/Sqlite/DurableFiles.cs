namespace Berth.Storage.Sqlite;

/// <summary>Makes what was done to files outlast a loss of power.</summary>
internal static class DurableFiles
{
    /// <summary>The contents of a file that no connection of this process has open.</summary>
    public static void Flush(string path)
    {
        using var file = UnlockedFile.TryOpenHandle(path);
        if (file.IsInvalid)
        {
            throw new StoreException($"{path} cannot be written to disk: it cannot be opened");
        }

        RandomAccess.FlushToDisk(file);
    }

    /// <summary>The names in the folder of a file: what was made, renamed and removed there.</summary>
    public static void FlushFolderOf(string path) => Flush(Path.GetDirectoryName(path)!);
}
