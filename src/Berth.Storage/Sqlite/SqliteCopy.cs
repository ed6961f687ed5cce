namespace Berth.Storage.Sqlite;

/// <summary>
/// Makes a marked, checked copy of a database under a draft's name, and puts it under its own only when it is whole and on disk.
/// </summary>
internal sealed class SqliteCopy : IDisposable
{
    private const int WouldBlock = 11;

    /// <summary>Where the header of a database says that it has a write-ahead log beside it (2) or has none (1), twice.</summary>
    private const int LogVersionOffset = 18;

    private readonly string _draft;
    private readonly FileStream _file;
    private bool _placed;

    private SqliteCopy(string draft, FileStream file)
    {
        _draft = draft;
        _file = file;
    }

    /// <summary>What the copy holds.</summary>
    public BackupFacts Facts { get; private set; } = new(0, 0, 0, 0);

    /// <summary>Copies <paramref name="from"/>, which may be served. Nothing is left of a copy that fails.</summary>
    public static SqliteCopy Make(string from, string draft, WithheldGrants mark, CancellationToken stop)
    {
        var copy = Begin(draft);
        try
        {
            using (var source = SqliteDatabase.Open(from, SqliteAccess.ReadOnly))
            {
                SqliteSchema.LookAtAny(source);
                copy.Fill(source, stop);
            }

            copy.Finish(mark);
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>Puts the copy where it belongs.</summary>
    public void Place(string path, bool replace)
    {
        try
        {
            File.Move(_draft, path, replace);
        }
        catch (IOException error)
        {
            throw new StoreException($"{path} cannot be written: {error.Message}", error);
        }

        _placed = true;
        UnlockedFile.SyncFolder(Path.GetDirectoryName(path)!);
    }

    public void Dispose()
    {
        if (!_placed)
        {
            File.Delete(_draft);
        }

        _file.Dispose();
    }

    private static SqliteCopy Begin(string draft)
    {
        try
        {
            var file = new FileStream(draft, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                BufferSize = 0,
                UnixCreateMode = SqliteFile.Private,
            });
            file.SetLength(0);
            File.SetUnixFileMode(file.SafeFileHandle, SqliteFile.Private);
            return new SqliteCopy(draft, file);
        }
        catch (IOException error) when (error.HResult == WouldBlock)
        {
            throw new StoreException($"{draft} is being written by another process: wait for it", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{draft} cannot be written: {error.Message}", error);
        }
    }

    private void Fill(SqliteDatabase source, CancellationToken stop)
    {
        using (var target = SqliteDatabase.OpenAlone(_draft))
        {
            target.Execute("PRAGMA journal_mode = OFF");
            target.Execute("PRAGMA synchronous = OFF");
            source.CopyTo(target, stop);
        }

        // A copy is one file: whoever serves it gives it a log again.
        RandomAccess.Write(_file.SafeFileHandle, [1, 1], LogVersionOffset);
    }

    private void Finish(WithheldGrants mark)
    {
        using (var copy = SqliteDatabase.OpenAlone(_draft))
        {
            copy.Execute("PRAGMA journal_mode = MEMORY");
            copy.Execute("PRAGMA synchronous = OFF");
            SqliteSchema.Mark(copy, mark);
            if (SqliteCheck.Flaw(copy) is { } flaw)
            {
                throw new StoreException($"the copy is damaged, and so is the database it was made of: {flaw}");
            }

            Facts = new BackupFacts(
                _file.Length,
                copy.Number("SELECT count(*) FROM pools"),
                copy.Number("SELECT count(*) FROM licenses"),
                SqliteSchema.Position(copy).Events);
        }

        _file.Flush(flushToDisk: true);
    }
}
