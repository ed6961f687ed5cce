using SQLitePCL;

namespace Berth.Storage.Sqlite;

/// <summary>How a connection is opened.</summary>
internal enum SqliteAccess
{
    ReadOnly,
    ReadWrite,
}

/// <summary>One connection, used by one thread at a time.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    private const int BusyTimeoutMilliseconds = 5_000;
    private const int CacheWriteStatus = 9;
    private const int PagesAtOnce = 4_096;

    private readonly sqlite3 _handle;

    private SqliteDatabase(sqlite3 handle, string path)
    {
        _handle = handle;
        Path = path;
    }

    public string Path { get; }

    /// <summary>No transaction is open.</summary>
    public bool Autocommit => raw.sqlite3_get_autocommit(_handle) != 0;

    /// <summary>The file was opened for reading only, though writing may have been asked for.</summary>
    public bool IsReadOnly => raw.sqlite3_db_readonly(_handle, "main") == 1;

    /// <summary>How many rows the last statement changed.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    /// <summary>How many pages this connection has written since it was opened. In WAL mode each is a frame of the log.</summary>
    public int PagesWritten
    {
        get
        {
            Check(raw.sqlite3_db_status(_handle, CacheWriteStatus, out var pages, out _, 0));
            return pages;
        }
    }

    /// <summary>A file that nobody else can know of: SQLite takes no locks on it, which network file systems may not have.</summary>
    public static SqliteDatabase OpenAlone(string path) => Open(path, SqliteAccess.ReadWrite, "unix-none");

    public static SqliteDatabase Open(string path, SqliteAccess access, string? fileSystem = null)
    {
        Batteries_V2.Init();
        var flags = raw.SQLITE_OPEN_NOMUTEX
            | (access == SqliteAccess.ReadOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE);
        var code = raw.sqlite3_open_v2(path, out var handle, flags, fileSystem);
        if (code != raw.SQLITE_OK)
        {
            handle.Dispose();
            throw new SqliteErrorException(code, SqliteErrors.Describe(code, path, raw.sqlite3_errstr(code).utf8_to_string()));
        }

        var database = new SqliteDatabase(handle, path);
        database.Check(raw.sqlite3_extended_result_codes(handle, 1));
        database.Check(raw.sqlite3_busy_timeout(handle, BusyTimeoutMilliseconds));
        return database;
    }

    /// <summary>Leaves the file as it is when this, the last connection, is closed; or moves the log into it, as is usual.</summary>
    public void CheckpointOnClose(bool wanted) =>
        Check(raw.sqlite3_db_config(_handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, wanted ? 0 : 1, out _));

    /// <summary>Runs statements that have no parameters and whose rows do not matter.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(_handle, sql));

    public SqliteStatement Prepare(string sql) => new(this, _handle, sql);

    /// <summary>The first column of the only row of a query without parameters.</summary>
    public long Number(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Number(0) : 0;
    }

    /// <summary>The first column of the only row of a query without parameters.</summary>
    public string Text(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Text(0) : string.Empty;
    }

    /// <summary>Ends an open transaction, if there is one, leaving nothing of it.</summary>
    public void Rollback()
    {
        if (!Autocommit)
        {
            Execute("ROLLBACK");
        }
    }

    /// <summary>Moves what can be moved from the log into the file, waiting for nobody. True when the whole log was moved.</summary>
    public bool CheckpointPassive()
    {
        var code = raw.sqlite3_wal_checkpoint_v2(_handle, null, raw.SQLITE_CHECKPOINT_PASSIVE, out var logged, out var moved);
        if (code is raw.SQLITE_BUSY)
        {
            return false;
        }

        Check(code);
        return logged == moved;
    }

    /// <summary>
    /// Copies the whole database, page by page, as it stands at one moment, while others go on writing it.
    /// </summary>
    public void CopyTo(SqliteDatabase target, CancellationToken stop)
    {
        // A reader's transaction holds the moment fast: without it each write of somebody else would begin the copy anew.
        Execute("BEGIN");
        Number("SELECT count(*) FROM sqlite_schema");
        using var copy = raw.sqlite3_backup_init(target._handle, "main", _handle, "main");
        if (copy.IsInvalid)
        {
            throw target.Failure(raw.sqlite3_errcode(target._handle));
        }

        int code;
        do
        {
            stop.ThrowIfCancellationRequested();
            code = raw.sqlite3_backup_step(copy, PagesAtOnce);
        }
        while (code == raw.SQLITE_OK);
        if (code != raw.SQLITE_DONE)
        {
            throw (code & 0xff) is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB ? Failure(code) : target.Failure(code);
        }

        Check(raw.sqlite3_backup_finish(copy));
        Rollback();
    }

    public void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw Failure(code);
        }
    }

    public SqliteErrorException Failure(int code) =>
        new(code, SqliteErrors.Describe(code, Path, raw.sqlite3_errmsg(_handle).utf8_to_string()));

    public void Dispose() => _handle.Dispose();
}
