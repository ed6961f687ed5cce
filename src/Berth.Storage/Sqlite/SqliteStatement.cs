using System.Text;
using SQLitePCL;

namespace Berth.Storage.Sqlite;

/// <summary>A prepared statement: bind, then step or run. Parameters are numbered from 1, columns from 0.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private const int PersistentFlag = 1;
    private const int StackBytes = 1024;

    private readonly SqliteDatabase _database;
    private readonly sqlite3_stmt _handle;

    public SqliteStatement(SqliteDatabase database, sqlite3 connection, string sql)
    {
        _database = database;
        database.Check(raw.sqlite3_prepare_v3(connection, sql, PersistentFlag, out _handle));
    }

    public SqliteStatement Bind(int parameter, long value)
    {
        _database.Check(raw.sqlite3_bind_int64(_handle, parameter, value));
        return this;
    }

    public SqliteStatement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        _database.Check(value.IsEmpty
            ? raw.sqlite3_bind_zeroblob(_handle, parameter, 0)
            : raw.sqlite3_bind_blob(_handle, parameter, value));
        return this;
    }

    public SqliteStatement Bind(int parameter, string value)
    {
        if (value.Length == 0 || Encoding.UTF8.GetMaxByteCount(value.Length) > StackBytes)
        {
            _database.Check(raw.sqlite3_bind_text(_handle, parameter, value));
            return this;
        }

        Span<byte> bytes = stackalloc byte[StackBytes];
        _database.Check(raw.sqlite3_bind_text(_handle, parameter, bytes[..Encoding.UTF8.GetBytes(value, bytes)]));
        return this;
    }

    /// <summary>Goes to the next row; false when there is none, and the statement is ready to be run again.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(_handle);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        if (code == raw.SQLITE_DONE)
        {
            Reset();
            return false;
        }

        var failure = _database.Failure(code);
        Reset();
        throw failure;
    }

    /// <summary>Runs to the end.</summary>
    public void Run()
    {
        while (Step())
        {
            // A PRAGMA may answer with a row that nobody asked for.
            continue;
        }
    }

    /// <summary>Leaves the rows that were not asked for. An error was thrown by the step that met it.</summary>
    public void Reset() => _ = raw.sqlite3_reset(_handle);

    public long Number(int column) => raw.sqlite3_column_int64(_handle, column);

    public byte[] Bytes(int column) => raw.sqlite3_column_blob(_handle, column).ToArray();

    /// <summary>A copy in a buffer that is kept for the next row, and grows with the largest.</summary>
    public ReadOnlyMemory<byte> Bytes(int column, ref byte[] buffer)
    {
        var stored = raw.sqlite3_column_blob(_handle, column);
        if (stored.Length > buffer.Length)
        {
            buffer = GC.AllocateUninitializedArray<byte>(Math.Max(stored.Length, buffer.Length * 2));
        }

        stored.CopyTo(buffer);
        return buffer.AsMemory(0, stored.Length);
    }

    public ReadOnlySpan<byte> Span(int column) => raw.sqlite3_column_blob(_handle, column);

    public string Text(int column) => raw.sqlite3_column_text(_handle, column).utf8_to_string() ?? string.Empty;

    public void Dispose() => _handle.Dispose();
}
