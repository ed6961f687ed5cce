using Berth.Pools;

namespace Berth.Storage.Sqlite;

/// <summary>Opens a SQLite file for what it is wanted for.</summary>
internal static class SqliteStore
{
    public static async ValueTask<Store> OpenAsync(string path, StoreUse use, StoreOptions options)
    {
        if (use == StoreUse.Read)
        {
            return OpenForReading(path, options.Time);
        }

        CheckFolder(path);
        var held = await SqliteLock.TakeAsync(path, use == StoreUse.Serve ? StoreHolder.Serve : StoreHolder.Verb, options);
        try
        {
            return OpenForWriting(path, held, options.Time);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private static Store OpenForWriting(string path, SqliteLock held, TimeProvider time)
    {
        SqliteFile.CreateMissing(path);
        var database = SqliteDatabase.Open(path, SqliteAccess.ReadWrite);
        SqliteIdentity identity;
        SqliteWriter writer;
        try
        {
            identity = Enter(database, time, held.Noted);
            writer = StartWriter(database, identity.Incarnation);
        }
        catch
        {
            database.Dispose();
            throw;
        }

        var readers = new SqliteReaders(path);
        var notes = new SqliteNotes(held, readers, time);
        return new Store(new SqliteJournal(readers, writer, time), new Epoch(identity.Incarnation), identity.ClusterId, async () =>
        {
            // The writer last: it moves the log into the file, which needs the file to itself.
            await notes.DisposeAsync();
            readers.Dispose();
            await writer.DisposeAsync();
            held.Dispose();
        })
        {
            Withheld = identity.Withheld,
            EndWithholding = async () => await writer.SubmitAsync(new EndWithholdingRequest()),
        };
    }

    private static Store OpenForReading(string path, TimeProvider time)
    {
        if (!File.Exists(path))
        {
            throw new StoreException($"there is no database {path}");
        }

        using var database = SqliteDatabase.Open(path, SqliteAccess.ReadOnly);
        var identity = SqliteSchema.Look(database);
        var readers = new SqliteReaders(path);
        return new Store(new SqliteJournal(readers, null, time), new Epoch(identity.Incarnation), identity.ClusterId, () =>
        {
            readers.Dispose();
            return ValueTask.CompletedTask;
        })
        {
            Withheld = identity.Withheld,
        };
    }

    private static SqliteIdentity Enter(SqliteDatabase database, TimeProvider time, StorePosition? noted) => database.IsReadOnly
        ? throw new StoreException($"database {database.Path} is read-only: check the permissions of the file and the mount")
        : SqliteSchema.Enter(database, time, noted);

    private static SqliteWriter StartWriter(SqliteDatabase database, long incarnation)
    {
        var mover = SqliteDatabase.Open(database.Path, SqliteAccess.ReadWrite);
        SqliteCheckpoints checkpoints;
        try
        {
            checkpoints = new SqliteCheckpoints(mover);
        }
        catch
        {
            mover.Dispose();
            throw;
        }

        try
        {
            return new SqliteWriter(database, checkpoints, incarnation);
        }
        catch
        {
            checkpoints.Dispose();
            throw;
        }
    }

    private static void CheckFolder(string path)
    {
        var folder = Path.GetDirectoryName(path);
        if (!Directory.Exists(folder))
        {
            throw new StoreException($"database {path} cannot be opened: there is no folder {folder}");
        }
    }
}
