using Berth.Storage.Sqlite;

namespace Berth.Storage;

/// <summary>What a store looks like from outside, whether a member serves it or not.</summary>
public sealed record StoreCondition
{
    /// <summary>Why it cannot be opened; null: it can.</summary>
    public string? Refused { get; init; }

    /// <summary>What is damaged; null: nothing was found, or nobody looked.</summary>
    public string? Flaw { get; init; }

    /// <summary>The size of the database, in bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>The size of its log, in bytes.</summary>
    public long LogBytes { get; init; }

    /// <summary>Why it gives no seats, or will give none once it is opened; null: it gives them.</summary>
    public string? Withheld { get; init; }

    /// <summary>What it holds of the past; null: it could not be read.</summary>
    public StoreHistory? History { get; init; }
}

/// <summary>The events that are stored.</summary>
/// <param name="Events">How many.</param>
/// <param name="Bytes">About how many bytes they take in the file, with all that belongs to them; license files do not count.</param>
/// <param name="FirstMs">When the first happened (Unix milliseconds); 0: there is none.</param>
/// <param name="LastMs">When the last happened (Unix milliseconds); 0: there is none.</param>
public sealed record StoreHistory(long Events, long Bytes, long FirstMs, long LastMs);

/// <summary>Looks at a store without taking it.</summary>
public static class StoreInspection
{
    /// <summary>Looks at a store. With <paramref name="pages"/> every page is read, which takes a second for some hundred MiB.</summary>
    public static StoreCondition Look(StorageUri uri, bool pages)
    {
        var condition = new StoreCondition { Bytes = Length(uri.Path), LogBytes = Length(uri.Path + "-wal") };
        if (!File.Exists(uri.Path))
        {
            return condition with { Refused = $"there is no database {uri.Path}" };
        }

        try
        {
            // What was noted first: a member that serves goes on meanwhile.
            var noted = SqliteLock.ReadNoted(uri.Path);
            using var database = SqliteDatabase.Open(uri.Path, SqliteAccess.ReadOnly);
            var identity = SqliteSchema.Look(database);
            var position = SqliteSchema.Position(database);
            return condition with
            {
                Withheld = identity.Withheld?.Why ?? (position.IsBehind(noted) ? position.Behind(noted!) : null),
                Flaw = pages ? SqliteCheck.Flaw(database) : null,
                History = SqliteHistory.Read(database),
            };
        }
        catch (Exception error) when (error is StoreException or InvalidDataException)
        {
            return condition with { Refused = error.Message };
        }
    }

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
