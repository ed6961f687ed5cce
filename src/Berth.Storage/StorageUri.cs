using Berth.Storage.Sqlite;

namespace Berth.Storage;

/// <summary>Which store: <c>sqlite:PATH</c>. This is the only place that tells the kinds of stores apart.</summary>
public sealed record StorageUri
{
    /// <summary>The store of a member that was not told otherwise.</summary>
    public const string Default = "sqlite:./berth.sqlite";

    private const string SqliteScheme = "sqlite:";

    private StorageUri(string path) => Path = path;

    /// <summary>The full path of the database file.</summary>
    public string Path { get; }

    /// <summary>The store of a database file, as <c>--database</c> names it.</summary>
    public static StorageUri OfFile(string path) => new(SqliteFile.Resolve(path));

    /// <summary>Reads what an operator wrote. Fails with <see cref="StoreException"/>.</summary>
    public static StorageUri Parse(string text)
    {
        if (text.StartsWith(SqliteScheme, StringComparison.Ordinal))
        {
            return text.Length > SqliteScheme.Length
                ? OfFile(text[SqliteScheme.Length..])
                : throw new StoreException($"store \"{text}\" names no file: write sqlite:PATH, such as {Default}");
        }

        throw text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal)
            ? new StoreException("this version has no PostgreSQL driver yet: use sqlite:PATH")
            : new StoreException($"a store of the kind \"{Kind(text)}\" is not known: write sqlite:PATH, such as {Default}");
    }

    /// <summary>The same store as text. A path carries no secret.</summary>
    public override string ToString() => SqliteScheme + Path;

    /// <summary>What stands before the colon; the rest may hold a password.</summary>
    private static string Kind(string text) => text.Split(':') is [var kind, _, ..] ? kind : string.Empty;

    internal StoreHolder? ReadHolder() => SqliteLock.ReadHolder(Path);

    internal ValueTask<Store> OpenAsync(StoreUse use, StoreOptions options) => SqliteStore.OpenAsync(Path, use, options);
}
