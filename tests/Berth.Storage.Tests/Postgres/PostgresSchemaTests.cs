using Berth.Storage.Postgres;
using Berth.Testing.Postgres;
using Npgsql;

namespace Berth.Storage.Tests.Postgres;

public sealed class PostgresSchemaTests
{
    [Fact]
    public async Task Members_that_start_at_once_make_the_tables_once()
    {
        var database = await EmptyAsync();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => JournalDatabase.EnterAsync(database)));
        await using var session = await RawSession.OpenAsync(database);
        (await session.ReadAsync("SELECT version FROM berth_schema")).ShouldBe(PostgresSchema.Version);
    }

    [Fact]
    public async Task A_column_that_came_later_is_added_to_older_tables()
    {
        var database = await JournalDatabase.NewAsync();
        await using var session = await RawSession.OpenAsync(database);
        await session.RunAsync("ALTER TABLE cluster DROP COLUMN former_digest");
        await LookAsync(database);
        await JournalDatabase.EnterAsync(database);
        await JournalDatabase.EnterAsync(database);
        (await session.ReadAsync("SELECT former_digest IS NULL FROM cluster")).ShouldBe(true);
    }

    [Fact]
    public async Task A_newer_schema_is_refused_and_left_as_it_is()
    {
        var database = await JournalDatabase.NewAsync();
        await using var session = await RawSession.OpenAsync(database);
        await session.RunAsync("UPDATE berth_schema SET version = 99");
        (await Should.ThrowAsync<StoreException>(() => JournalDatabase.EnterAsync(database))).Message.ShouldContain("schema 99 of a newer version");
        (await Should.ThrowAsync<StoreException>(() => LookAsync(database))).Message.ShouldContain("schema 99 of a newer version");
        (await session.ReadAsync("SELECT version FROM berth_schema")).ShouldBe(99);
    }

    [Fact]
    public async Task A_database_of_another_application_is_left_as_it_is()
    {
        var database = await EmptyAsync();
        await using var session = await RawSession.OpenAsync(database);
        await session.RunAsync("CREATE TABLE licenses (theirs text)");
        (await Should.ThrowAsync<StoreException>(() => JournalDatabase.EnterAsync(database))).Message.ShouldContain("belongs to another application");
        (await session.ReadAsync("SELECT to_regclass('pools') IS NULL")).ShouldBe(true);
    }

    [Fact]
    public async Task An_empty_database_cannot_be_read() =>
        (await Should.ThrowAsync<StoreException>(async () => await LookAsync(await EmptyAsync()))).Message.ShouldContain("no tables of Berth");

    private static async Task<TestDatabase> EmptyAsync() => await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();

    private static async Task LookAsync(TestDatabase database)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await PostgresSchema.LookAsync(connection);
    }
}
