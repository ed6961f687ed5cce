using System.Text.Json;
using System.Text.Json.Serialization;

namespace Berth.Storage.Sqlite;

/// <summary>
/// The lock beside a database: an flock on X.lock, which ends with the process that holds it, however it ends. The file tells
/// who holds it and stays where it is, because removing it would let two processes lock two files of one name.
/// </summary>
internal sealed class SqliteLock : IDisposable
{
    private const int MaxContentBytes = 16 * 1024;
    private const int WouldBlock = 11;

    /// <summary>How long a lock is waited for that a verb holds.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(20);

    private readonly FileStream _file;

    private SqliteLock(FileStream file) => _file = file;

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
            if (file is null || file.Length is 0 or > MaxContentBytes)
            {
                return null;
            }

            return JsonSerializer.Deserialize(file, StoreHolderJson.Default.StoreHolder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Empties the file, so that nobody takes us for the next holder, and lets go.</summary>
    public void Dispose()
    {
        try
        {
            _file.SetLength(0);
        }
        finally
        {
            _file.Dispose();
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
        try
        {
            file.SetLength(0);
            JsonSerializer.Serialize(file, holder, StoreHolderJson.Default.StoreHolder);
            return new SqliteLock(file);
        }
        catch (IOException)
        {
            // The disk is full: the lock holds all the same, and only its explanation is missing.
            return new SqliteLock(file);
        }
    }

    private static string Shown(StoreHolder holder) => holder.Since.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
}

/// <summary>What stands in a lock file.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StoreHolder))]
internal sealed partial class StoreHolderJson : JsonSerializerContext;
