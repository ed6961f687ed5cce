namespace Berth.Storage.Sqlite;

/// <summary>
/// Notes in the lock file how far the database has come: at the start, every half a minute, and at the end. Whoever opens the
/// database next knows by it whether an older copy took its place.
/// </summary>
internal sealed class SqliteNotes : IAsyncDisposable
{
    /// <summary>How much of a killed member's work may not be noted.</summary>
    private static readonly TimeSpan _every = TimeSpan.FromSeconds(30);

    private readonly SqliteLock _held;
    private readonly SqliteReaders _readers;
    private readonly ITimer _timer;

    public SqliteNotes(SqliteLock held, SqliteReaders readers, TimeProvider time)
    {
        _held = held;
        _readers = readers;
        _timer = time.CreateTimer(_ => Note(), null, _every, _every);
        Note();
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        Note();
    }

    private void Note()
    {
        try
        {
            // What a reader sees is durable, so the note is never ahead of the database.
            var read = _readers.ReadAsync(0, static (reader, _) => reader.Position());
            if (read.IsCompletedSuccessfully)
            {
                _held.Note(read.Result);
            }
        }
        catch (StoreException)
        {
            // Nothing can be read at the moment, or the store is closed: the former note stands.
            return;
        }
    }
}
