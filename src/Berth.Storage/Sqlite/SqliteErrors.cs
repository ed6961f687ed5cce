using SQLitePCL;

namespace Berth.Storage.Sqlite;

/// <summary>SQLite refused. The message is for the operator; what it means for a write is told by <see cref="SqliteErrors"/>.</summary>
internal sealed class SqliteErrorException(int code, string message) : StoreException(message)
{
    /// <summary>The extended result code.</summary>
    public int Code { get; } = code;

    /// <summary>The result code without its extension.</summary>
    public int PrimaryCode => Code & 0xff;
}

/// <summary>What the result codes mean.</summary>
internal static class SqliteErrors
{
    /// <summary>
    /// Whether a COMMIT that failed so has certainly not happened. With a full disk the last frame, which alone makes the
    /// transaction count, is not in the log. A failed write or sync may have happened all the same.
    /// </summary>
    public static bool NothingWasCommitted(SqliteErrorException error) =>
        error.PrimaryCode is raw.SQLITE_FULL or raw.SQLITE_BUSY or raw.SQLITE_CONSTRAINT or raw.SQLITE_READONLY;

    /// <summary>What was wrong, and what to do.</summary>
    public static string Describe(int code, string path, string detail) => (code & 0xff) switch
    {
        raw.SQLITE_FULL => $"the disk of database {path} is full: free some space",
        raw.SQLITE_READONLY => $"database {path} cannot be written ({detail}): check the file, its folder and the mount",
        raw.SQLITE_BUSY => $"database {path} is locked by another program: end that program's transaction",
        raw.SQLITE_CORRUPT => $"database {path} is damaged ({detail}): restore a backup",
        raw.SQLITE_NOTADB => $"{path} is not a SQLite database: name another file",
        raw.SQLITE_CANTOPEN => $"database {path} cannot be opened: check that it, and its folder, can be read and written",
        raw.SQLITE_IOERR => $"reading or writing database {path} failed ({detail}): check the disk",
        raw.SQLITE_CONSTRAINT => $"database {path} refused the change ({detail})",
        _ => $"database {path}: {detail} (SQLite code {code})",
    };
}
