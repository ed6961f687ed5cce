using Berth.Storage.Postgres;
using Berth.Storage.Sqlite;

namespace Berth.Storage;

/// <summary>Which store: <c>sqlite:PATH</c> or <c>postgres://…</c>. This is the only place that tells the kinds of stores apart.</summary>
public sealed record StorageUri
{
    /// <summary>The store of a member that was not told otherwise.</summary>
    public const string Default = "sqlite:./berth.sqlite";

    private const string SqliteScheme = "sqlite:";

    private readonly string? _path;
    private readonly PostgresAddress? _postgres;

    private StorageUri(string path) => _path = path;

    private StorageUri(PostgresAddress postgres) => _postgres = postgres;

    /// <summary>Several members may serve it.</summary>
    public bool IsShared => _postgres is not null;

    /// <summary>The full path of the database file. Fails with <see cref="StoreException"/> where the store is no file.</summary>
    public string Path => _path ?? throw new StoreException($"store {this} is no file: this needs sqlite:PATH");

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

        return PostgresAddress.IsOne(text)
            ? new StorageUri(PostgresAddress.Parse(text))
            : throw new StoreException($"a store of the kind \"{Kind(text)}\" is not known: write sqlite:PATH, such as {Default}, or postgres://USER@HOST/DATABASE");
    }

    /// <summary>
    /// The same store, whose password stands in this file, in place of any that was written with it. The file is read whenever a connection is opened, so a
    /// password can be changed while members serve. Fails with <see cref="StoreException"/> where the store takes none.
    /// </summary>
    public StorageUri WithPasswordFile(string path) => _postgres is null
        ? throw new StoreException($"store {this} takes no password: write postgres://USER@HOST/DATABASE")
        : new StorageUri(_postgres.WithPassword(new PasswordFile(path)));

    /// <summary>The same store as text, without a password.</summary>
    public override string ToString() => _postgres?.ToString() ?? SqliteScheme + _path;

    /// <summary>What stands before the colon; the rest may hold a password.</summary>
    private static string Kind(string text) => text.Split(':') is [var kind, _, ..] ? kind : string.Empty;

    internal StoreHolder? ReadHolder() => _postgres is null ? SqliteLock.ReadHolder(Path) : null;

    internal ValueTask<Store> OpenAsync(StoreUse use, StoreOptions options) =>
        _postgres is null ? SqliteStore.OpenAsync(Path, use, options) : PostgresStore.OpenAsync(_postgres, use, options);
}
