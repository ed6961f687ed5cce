using Berth.Storage.Sqlite;
using SQLitePCL;

namespace Berth.Storage;

/// <summary>
/// Puts a store in the place of a database of Keygen Relay. The store is built beside it as X.importing; <see cref="Finish"/> copies
/// X to X.bak and renames X.importing over X. Wherever the process ends, X is either Relay's as it was, or the whole store: never a
/// half of one. What is left beside it goes with the next try. X.lock is held throughout, and X is locked against Relay.
/// </summary>
public sealed class RelayTakeover : IAsyncDisposable
{
    private readonly string _path;
    private readonly SqliteLock _held;
    private readonly SqliteDatabase _database;

    private RelayTakeover(string path, SqliteLock held, SqliteDatabase database)
    {
        _path = path;
        _held = held;
        _database = database;
        Source = RelayDatabase.Over(database);
        Target = StorageUri.OfFile(path + ".importing");
    }

    /// <summary>What Relay's database holds.</summary>
    public RelayDatabase Source { get; }

    /// <summary>Where the store is to be built. Close it before <see cref="Finish"/>.</summary>
    public StorageUri Target { get; }

    /// <summary>Told of each step that is done, so that tests may look at what a crash there would leave.</summary>
    internal Action<string> Reached { get; set; } = _ => { };

    /// <summary>
    /// Begins, if the store's file is a database of Relay; null: it is not. Fails with <see cref="StoreException"/>, also where another
    /// process has the file open.
    /// </summary>
    public static async ValueTask<RelayTakeover?> BeginAsync(StorageUri uri, StoreOptions options)
    {
        // Who is converting it has it for himself; by the time that we have the lock it is a store.
        if (RelayDatabase.IsAt(uri.Path) == false)
        {
            return null;
        }

        var held = await SqliteLock.TakeAsync(uri.Path, StoreHolder.Verb, options);
        SqliteDatabase? database = null;
        try
        {
            if (RelayDatabase.IsAt(uri.Path) == false)
            {
                held.Dispose();
                return null;
            }

            Clear(uri.Path);
            database = OpenAlone(uri.Path);
            return new RelayTakeover(uri.Path, held, database);
        }
        catch
        {
            database?.Dispose();
            held.Dispose();
            throw;
        }
    }

    /// <summary>Puts the store in place and returns where the former database is now.</summary>
    public string Finish()
    {
        if (IsUsed(Target.Path + "-wal"))
        {
            throw new StoreException($"{Target.Path} is still open: nothing was replaced");
        }

        DurableFiles.Flush(Target.Path);
        var backup = BackUp();
        Reached("backed up");

        // A log of Relay's beside the new file would be taken for the new file's own: it goes first, and for good.
        using (var checkpoint = _database.Prepare("PRAGMA wal_checkpoint(TRUNCATE)"))
        {
            if (checkpoint.Step() && checkpoint.Number(0) != 0)
            {
                throw new StoreException($"the log of {_path} cannot be moved into it: end the program that reads it");
            }
        }

        Reached("log moved");
        File.Delete(_path + "-wal");
        File.Delete(_path + "-shm");
        File.Delete(_path + "-journal");
        DurableFiles.FlushFolderOf(_path);
        Reached("log removed");
        File.Move(Target.Path, _path, overwrite: true);
        DurableFiles.FlushFolderOf(_path);
        Reached("replaced");
        Clear(_path);
        return backup;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Source.Dispose();
        _held.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A copy of everything, the log included, under the first name that is free.</summary>
    private string BackUp()
    {
        var copy = CopyOf(_path);
        SqliteFile.CreateMissing(copy);
        using (var vacuum = _database.Prepare("VACUUM INTO ?1"))
        {
            vacuum.Bind(1, copy).Run();
        }

        // Whoever goes back to Relay needs the rights as they were.
        File.SetUnixFileMode(copy, File.GetUnixFileMode(_path));
        DurableFiles.Flush(copy);
        Reached("copied");
        var backup = _path + ".bak";
        for (var number = 1; File.Exists(backup); number++)
        {
            backup = $"{_path}.bak.{number}";
        }

        File.Move(copy, backup, overwrite: false);
        DurableFiles.FlushFolderOf(_path);
        return backup;
    }

    /// <summary>
    /// Opens a database that nobody else has open. In the mode of Relay, a log beside the file, even an idle connection holds a shared
    /// lock; without a log only a transaction does.
    /// </summary>
    private static SqliteDatabase OpenAlone(string path)
    {
        var database = SqliteDatabase.Open(path, SqliteAccess.ReadWrite);
        try
        {
            if (database.IsReadOnly)
            {
                throw new StoreException($"database {path} is read-only: check the permissions of the file and the mount");
            }

            database.CheckpointOnClose(false);
            database.Execute("PRAGMA busy_timeout = 1000; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK");
            return database;
        }
        catch (SqliteErrorException error) when (error.PrimaryCode is raw.SQLITE_BUSY)
        {
            database.Dispose();
            throw new StoreException($"database {path} is open in another program: stop Keygen Relay first; nothing was changed", error);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private static string CopyOf(string path) => path + ".bak.importing";

    /// <summary>Removes what a try that did not end has left.</summary>
    private static void Clear(string path)
    {
        foreach (var unfinished in new[] { path + ".importing", CopyOf(path) })
        {
            foreach (var suffix in new[] { string.Empty, "-wal", "-shm", "-journal", ".lock" })
            {
                File.Delete(unfinished + suffix);
            }
        }
    }

    private static bool IsUsed(string path) => new FileInfo(path) is { Exists: true, Length: > 0 };
}
