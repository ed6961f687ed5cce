namespace Berth.Storage.Postgres;

/// <summary>Where a PostgreSQL database is, as an operator wrote it: <c>postgres://USER[:PASSWORD]@HOST[:PORT][,HOST[:PORT]…]/DATABASE[?NAME=VALUE&amp;…]</c>.</summary>
internal sealed record PostgresAddress(string ConnectionString, string Shown)
{
    /// <summary>Whether a text is meant to be one.</summary>
    public static bool IsOne(string text) =>
        text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal);

    /// <summary>Reads one. Fails with <see cref="StoreException"/>, which names no password.</summary>
    public static PostgresAddress Parse(string text) => throw new StoreException($"{text.Length} characters, not read yet");

    /// <summary>Without a password.</summary>
    public override string ToString() => Shown;
}
