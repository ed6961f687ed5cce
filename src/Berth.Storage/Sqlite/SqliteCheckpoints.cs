namespace Berth.Storage.Sqlite;

/// <summary>
/// Keeps the log short without stopping the writer: a thread with a connection of its own moves the bulk of the log into the
/// file while commits go on, and the writer then moves the few pages that came in meanwhile. Only when nothing is left to move
/// does the log begin anew; without the second step it would never do so under load.
/// </summary>
internal sealed class SqliteCheckpoints : IDisposable
{
    /// <summary>Pages in the log from which on it is moved: 16 MiB.</summary>
    public const int StartPages = 4_096;

    /// <summary>Pages in the log at which the writer waits for the mover: 256 MiB.</summary>
    public const int MostPages = 65_536;

    private readonly SqliteDatabase _database;
    private readonly Thread _thread;

    /// <summary>Guards the state; both sides sleep on it. Monitor, because Lock has no wait.</summary>
    private readonly object _gate = new();
    private MoverState _state = MoverState.Idle;

    // Only the writer's thread uses these two.
    private int _pagesBefore;
    private int _startAt = StartPages;

    /// <summary>Takes over a connection that nobody else uses.</summary>
    public SqliteCheckpoints(SqliteDatabase database)
    {
        _database = database;
        _database.Execute("PRAGMA synchronous = FULL");
        _database.Execute("PRAGMA wal_autocheckpoint = 0");
        _thread = new Thread(Move) { IsBackground = true, Name = "berth-checkpoints" };
        _thread.Start();
    }

    /// <summary>What last kept the log from being moved, or null.</summary>
    public SqliteErrorException? LastFailure { get; private set; }

    private enum MoverState
    {
        Idle,
        Wanted,
        Moved,
        Closed,
    }

    /// <summary>Called by the writer between transactions.</summary>
    public void AfterCommit(SqliteDatabase writer)
    {
        var pages = Since(_pagesBefore, writer.PagesWritten);
        if (pages < _startAt)
        {
            return;
        }

        switch (Exchange(pages))
        {
            case MoverState.Moved when TryMove(writer):
                _pagesBefore = writer.PagesWritten;
                _startAt = StartPages;
                break;
            case MoverState.Moved:
                // Somebody reads an old state, or the disk is full: come back when the log has grown by as much again.
                _startAt = pages + StartPages;
                break;
            default:
                break;
        }
    }

    /// <summary>How far SQLite's counter went on. It has 31 bits and begins anew after them.</summary>
    internal static int Since(int before, int now) => (now - before) & int.MaxValue;

    public void Dispose()
    {
        lock (_gate)
        {
            _state = MoverState.Closed;
            Monitor.PulseAll(_gate);
        }

        _thread.Join();
        _database.Dispose();
    }

    /// <summary>Wakes the mover if it is idle, waits for it if the log is too long, and takes what it has done.</summary>
    private MoverState Exchange(int pages)
    {
        lock (_gate)
        {
            if (_state == MoverState.Idle)
            {
                _state = MoverState.Wanted;
                Monitor.PulseAll(_gate);
            }

            while (_state == MoverState.Wanted && pages >= MostPages)
            {
                Monitor.Wait(_gate);
            }

            var was = _state;
            if (was == MoverState.Moved)
            {
                _state = MoverState.Idle;
            }

            return was;
        }
    }

    private void Move()
    {
        while (AwaitWanted())
        {
            TryMove(_database);
            lock (_gate)
            {
                _state = _state == MoverState.Wanted ? MoverState.Moved : _state;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>A log that cannot be moved stays, with everything in it, and is tried again once it has grown.</summary>
    private bool TryMove(SqliteDatabase database)
    {
        try
        {
            return database.CheckpointPassive();
        }
        catch (SqliteErrorException error)
        {
            LastFailure = error;
            return false;
        }
    }

    private bool AwaitWanted()
    {
        lock (_gate)
        {
            while (_state is not (MoverState.Wanted or MoverState.Closed))
            {
                Monitor.Wait(_gate);
            }

            return _state == MoverState.Wanted;
        }
    }
}
