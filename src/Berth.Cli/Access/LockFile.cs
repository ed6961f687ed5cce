using System.Text.Json;
using System.Text.Json.Serialization;
using Berth.Storage;

namespace Berth.Cli.Access;

/// <summary>What the lock file beside a database says. It is a hint for verbs that only look; whoever writes asks the lock itself.</summary>
internal static class LockFile
{
    private const int MaxBytes = 16 * 1024;

    /// <summary>Who says that they hold the database, or null.</summary>
    public static StoreHolder? Read(string database)
    {
        try
        {
            using var file = new FileStream(database + ".lock", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return file.Length is 0 or > MaxBytes ? null : JsonSerializer.Deserialize(file, LockFileJson.Default.StoreHolder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}

/// <summary>How lock files are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StoreHolder))]
internal sealed partial class LockFileJson : JsonSerializerContext;
