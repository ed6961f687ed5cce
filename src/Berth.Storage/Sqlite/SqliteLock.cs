using System.Text.Json;
using System.Text.Json.Serialization;

namespace Berth.Storage.Sqlite;

/// <summary>
/// The lock beside a database: an flock on X.lock, which ends with the process that holds it, however it ends. The file tells
/// who holds it and how far the database had come, and stays where it is, because removing it would let two processes lock two
/// files of one name.
/// </summary>
internal sealed class SqliteLock : IDisposable
{
    private const int MaxContentBytes = 16 * 1024;
    private const int WouldBlock = 11;

    /// <summary>How long a lock is waited for that a verb holds.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(20);

    private readonly FileStream _file;

    /// <summary>Guards the file's content and <see cref="_text"/>.</summary>
    private readonly Lock _gate = new();
    private LockText _text;
    private bool _released;

    private SqliteLock(FileStream file, LockText text)
    {
        _file = file;
        _text = text;
    }

    /// <summary>How far the database had come when a writer last said so, or null.</summary>
    public StorePosition? Noted => _text.Position;

    public static string PathFor(string database) => database + ".lock";

    /// <summary>Takes the lock, waiting for verbs. Fails with <see cref="StoreHeldException"/>.</summary>
    public static async ValueTask<SqliteLock> TakeAsync(string database, string kind, StoreOptions options)
    {
        var began = options.Time.GetTimestamp();
        StoreHolder? before = null;
        StoreHolder? lastSeen = null;
        while (true)
        {
            if (TryOpen(database) is { } file)
            {
                return Held(file, new StoreHolder(Environment.ProcessId, options.Time.GetUtcNow(), kind, options.Socket));
            }

            // What the file says may be left by a holder that was killed, until the next one has written its own:
            // a serving member is believed when it is seen twice.
            var holder = ReadHolder(database);
            if (holder is { IsServing: true } && holder == before)
            {
                throw new StoreHeldException($"database {database} is served by process {holder.Pid} since {Shown(holder)}", holder);
            }

            lastSeen = holder ?? lastSeen;
            if (options.Time.GetElapsedTime(began) >= _patience)
            {
                throw lastSeen is null
                    ? new StoreException($"database {database} is locked by a process that does not say which: see {PathFor(database)}")
                    : new StoreHeldException(
                        $"database {database} is in use by process {lastSeen.Pid} since {Shown(lastSeen)}: try again when it has ended",
                        lastSeen);
            }

            before = holder;
            await Task.Delay(_poll, options.Time);
        }
    }

    /// <summary>What the lock file says, or null when there is nothing to be read.</summary>
    public static StoreHolder? ReadHolder(string database)
    {
        try
        {
            using var file = UnlockedFile.TryOpen(PathFor(database));
            return file is null ? null : Read(file)?.Holder;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>How far the database had come when a writer last said so, or null when that cannot be read.</summary>
    public static StorePosition? ReadNoted(string database)
    {
        using var file = UnlockedFile.TryOpen(PathFor(database));
        return file is null ? null : Read(file)?.Position;
    }

    /// <summary>Says how far the database has come. A full disk leaves what was said before.</summary>
    public void Note(StorePosition position)
    {
        lock (_gate)
        {
            if (!_released)
            {
                _text = _text with { Position = position };
                TryWrite_NeedsLock();
            }
        }
    }

    /// <summary>Takes our name out of the file, so that nobody takes us for the next holder, and lets go.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_released)
            {
                return;
            }

            _released = true;
            _text = new LockText { Position = _text.Position };
            try
            {
                TryWrite_NeedsLock();
            }
            finally
            {
                _file.Dispose();
            }
        }
    }

    private static FileStream? TryOpen(string database)
    {
        try
        {
            return new FileStream(PathFor(database), new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                BufferSize = 0,
                UnixCreateMode = SqliteFile.Private,
            });
        }
        catch (IOException error) when (error.HResult == WouldBlock)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"database {database} cannot be locked: {error.Message}", error);
        }
    }

    private static SqliteLock Held(FileStream file, StoreHolder holder)
    {
        var text = new LockText
        {
            Pid = holder.Pid,
            Since = holder.Since,
            Kind = holder.Kind,
            Socket = holder.Socket,
            Position = Read(file)?.Position,
        };
        var held = new SqliteLock(file, text);
        lock (held._gate)
        {
            held.TryWrite_NeedsLock();
        }

        return held;
    }

    /// <summary>In one write over the old text, so that a process that is killed here leaves one of the two.</summary>
    private void TryWrite_NeedsLock()
    {
        try
        {
            var text = JsonSerializer.SerializeToUtf8Bytes(_text, LockTextJson.Default.LockText);
            var over = new byte[Math.Max(text.Length, Math.Min(_file.Length, MaxContentBytes))];
            over.AsSpan().Fill((byte)' ');
            text.CopyTo(over.AsSpan());
            RandomAccess.Write(_file.SafeFileHandle, over, 0);
            _file.SetLength(text.Length);
        }
        catch (IOException)
        {
            // The disk is full: the lock holds all the same, and only its explanation is missing.
            return;
        }
    }

    private static LockText? Read(FileStream file)
    {
        try
        {
            if (file.Length is 0 or > MaxContentBytes)
            {
                return null;
            }

            file.Position = 0;
            return JsonSerializer.Deserialize(file, LockTextJson.Default.LockText);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Shown(StoreHolder holder) => holder.Since.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
}

/// <summary>What stands in a lock file: who holds it, if anybody does, and how far the database had come.</summary>
internal sealed record LockText
{
    public int Pid { get; init; }

    public DateTimeOffset Since { get; init; }

    public string? Kind { get; init; }

    public string? Socket { get; init; }

    public StorePosition? Position { get; init; }

    [JsonIgnore]
    public StoreHolder? Holder => Kind is null ? null : new StoreHolder(Pid, Since, Kind, Socket);
}

/// <summary>How a lock file is written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(LockText))]
internal sealed partial class LockTextJson : JsonSerializerContext;
