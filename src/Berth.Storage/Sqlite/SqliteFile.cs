namespace Berth.Storage.Sqlite;

/// <summary>The database file before SQLite has it.</summary>
internal static class SqliteFile
{
    /// <summary>What is made here belongs to its owner alone.</summary>
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The path behind symbolic links, so that one file has one lock whatever name it was called by.</summary>
    public static string Resolve(string path)
    {
        var full = Path.GetFullPath(path);
        try
        {
            return File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
        }
        catch (IOException)
        {
            // Not there, or a ring of links: opening will say which.
            return full;
        }
    }

    /// <summary>
    /// Makes an empty file where there is none. An existing file is never opened here: closing a descriptor of a database
    /// would drop every lock that SQLite holds on it in this process.
    /// </summary>
    public static void CreateMissing(string path)
    {
        if (File.Exists(path))
        {
            return;
        }

        try
        {
            using var made = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = Private,
            });
        }
        catch (IOException) when (File.Exists(path))
        {
            // Somebody else has just made it, and that serves as well.
            return;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"database {path} cannot be created: {error.Message}", error);
        }
    }
}
