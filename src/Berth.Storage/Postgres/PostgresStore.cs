namespace Berth.Storage.Postgres;

/// <summary>Opens a PostgreSQL database for what it is wanted for.</summary>
internal static class PostgresStore
{
    public static ValueTask<Store> OpenAsync(PostgresAddress address, StoreUse use, StoreOptions options) =>
        throw new StoreException($"{address} cannot be opened for {use} at {options.Time.GetUtcNow()} yet");
}
