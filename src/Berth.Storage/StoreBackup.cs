using Berth.Storage.Sqlite;

namespace Berth.Storage;

/// <summary>What a backup holds.</summary>
/// <param name="Bytes">Its size.</param>
/// <param name="Pools">Pools.</param>
/// <param name="Licenses">License files.</param>
/// <param name="Events">Events of all pools so far, those that were cut off included.</param>
public sealed record BackupFacts(long Bytes, long Pools, long Licenses, long Events);

/// <summary>What was put back.</summary>
/// <param name="Facts">What the database holds now.</param>
/// <param name="KeptAside">Where the database that stood there is now; null: there was none.</param>
/// <param name="Withheld">Why it gives no seats yet.</param>
public sealed record RestoredStore(BackupFacts Facts, string? KeptAside, WithheldGrants Withheld);

/// <summary>Copies of a database file, each marked as a copy so that it gives no seats until an operator confirms.</summary>
public static class StoreBackup
{
    private const string DraftSuffix = ".tmp";
    private const int MostKeptAside = 1_000;

    /// <summary>
    /// Writes a copy of a store, which may be served meanwhile, to <paramref name="file"/>: everything that was answered before the
    /// call is in it. It appears under its name once it is checked and on disk. Fails with <see cref="StoreException"/>.
    /// </summary>
    public static BackupFacts Write(StorageUri from, string file, bool replace, WithheldGrants mark, CancellationToken stop)
    {
        var target = SqliteFile.Resolve(file);
        if (target == from.Path)
        {
            throw new StoreException($"{file} is the database itself: name another file");
        }

        if (!File.Exists(from.Path))
        {
            throw new StoreException($"there is no database {from.Path}");
        }

        RefuseTaken(target, replace);
        using var copy = SqliteCopy.Make(from.Path, target + DraftSuffix, mark, stop);
        copy.Place(target, replace);
        return copy.Facts;
    }

    /// <summary>
    /// Puts a backup, or any copy of a database, in the place of a store that nobody serves. A database that stands there is kept
    /// aside. Fails with <see cref="StoreException"/>, and then nothing changed.
    /// </summary>
    public static async ValueTask<RestoredStore> RestoreAsync(
        string file, StorageUri to, bool replace, WithheldGrants mark, StoreOptions options, CancellationToken stop)
    {
        var source = SqliteFile.Resolve(file);
        if (!File.Exists(source) || source == to.Path)
        {
            throw new StoreException(source == to.Path ? $"{file} is the database itself" : $"there is no backup {file}");
        }

        RefuseTaken(to.Path, replace);
        using var held = await SqliteLock.TakeAsync(to.Path, StoreHolder.Verb, options);
        using var copy = SqliteCopy.Make(source, to.Path + ".restoring", mark, stop);
        var aside = File.Exists(to.Path) ? PutAside(to.Path) : null;
        try
        {
            copy.Place(to.Path, replace: false);
        }
        catch when (aside is not null && !File.Exists(to.Path))
        {
            File.Move(aside, to.Path);
            throw;
        }

        using var restored = SqliteDatabase.Open(to.Path, SqliteAccess.ReadOnly);
        return new RestoredStore(copy.Facts, aside, SqliteSchema.Look(restored).Withheld!);
    }

    private static void RefuseTaken(string path, bool replace)
    {
        if (!replace && File.Exists(path))
        {
            throw new FileTakenException($"{path} is there already: name another file, or say --force");
        }
    }

    /// <summary>The log goes with its database and before it: a log beside another database would be taken for that one's.</summary>
    private static string PutAside(string path)
    {
        FoldLog(path);
        var aside = AsideName(path);
        foreach (var suffix in new[] { "-wal", "" })
        {
            if (File.Exists(path + suffix))
            {
                File.Move(path + suffix, aside + suffix);
            }
        }

        File.Delete(path + "-shm");
        return aside;
    }

    private static void FoldLog(string path)
    {
        try
        {
            using var database = SqliteDatabase.Open(path, SqliteAccess.ReadWrite);
            database.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (SqliteErrorException)
        {
            // It is damaged, which may be why it is replaced: it is kept with its log as it is.
            return;
        }
    }

    private static string AsideName(string path)
    {
        var name = path + ".before-restore";
        return Enumerable.Range(1, MostKeptAside).Select(n => n == 1 ? name : $"{name}.{n}").FirstOrDefault(free => !File.Exists(free))
            ?? throw new StoreException($"there are {MostKeptAside} files {name}.n already: remove some");
    }
}

/// <summary>A file is there already that would be replaced.</summary>
public sealed class FileTakenException(string message) : StoreException(message);
