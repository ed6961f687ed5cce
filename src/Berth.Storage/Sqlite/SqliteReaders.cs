namespace Berth.Storage.Sqlite;

/// <summary>
/// A few connections for reading, opened when they are first needed. Long reads get only some of them, so that a license file
/// never waits for a replay.
/// </summary>
internal sealed class SqliteReaders(string path) : IDisposable
{
    private const int Most = 6;
    private const int MostLong = 4;

    private readonly SemaphoreSlim _any = new(Most);
    private readonly SemaphoreSlim _long = new(MostLong);

    /// <summary>Guards the two fields below.</summary>
    private readonly Lock _gate = new();
    private readonly Stack<SqliteReader> _idle = new();
    private bool _closed;

    /// <summary>Reads something short: at once when a connection is idle, as it nearly always is.</summary>
    public ValueTask<T> ReadAsync<TArguments, T>(TArguments arguments, Func<SqliteReader, TArguments, T> read) =>
        _any.Wait(0) ? new(Read(arguments, read)) : ReadInTurnAsync(arguments, read);

    /// <summary>Reads something long.</summary>
    public async ValueTask<T> ReadLongAsync<TArguments, T>(TArguments arguments, Func<SqliteReader, TArguments, T> read)
    {
        await _long.WaitAsync();
        try
        {
            return await ReadInTurnAsync(arguments, read);
        }
        finally
        {
            _long.Release();
        }
    }

    /// <summary>Closes the connections; one that is in use is closed when it comes back.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            while (_idle.TryPop(out var reader))
            {
                reader.Dispose();
            }
        }
    }

    private async ValueTask<T> ReadInTurnAsync<TArguments, T>(TArguments arguments, Func<SqliteReader, TArguments, T> read)
    {
        await _any.WaitAsync();
        return Read(arguments, read);
    }

    /// <summary>Uses a connection that the caller has reserved, and gives it back.</summary>
    private T Read<TArguments, T>(TArguments arguments, Func<SqliteReader, TArguments, T> read)
    {
        SqliteReader? reader = null;
        try
        {
            reader = Take();
            var answer = read(reader, arguments);
            Return(reader);
            reader = null;
            return answer;
        }
        finally
        {
            // Only after an error: it may be in the middle of something.
            reader?.Dispose();
            _any.Release();
        }
    }

    private SqliteReader Take()
    {
        lock (_gate)
        {
            if (_closed)
            {
                throw new StoreException("the store is closed");
            }

            if (_idle.TryPop(out var reader))
            {
                return reader;
            }
        }

        return new SqliteReader(path);
    }

    private void Return(SqliteReader reader)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _idle.Push(reader);
                return;
            }
        }

        reader.Dispose();
    }
}
