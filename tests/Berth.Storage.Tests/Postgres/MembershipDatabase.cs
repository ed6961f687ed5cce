using Berth.Storage.Postgres;
using Berth.Testing.Postgres;
using Npgsql;

namespace Berth.Storage.Tests.Postgres;

/// <summary>A database with the tables in it, and the membership tables that were opened on it.</summary>
internal sealed class MembershipDatabase(string url) : IAsyncDisposable
{
    private readonly List<PostgresMembershipTable> _opened = [];

    /// <summary>Where it is.</summary>
    public PostgresAddress Address { get; } = PostgresAddress.Parse(url);

    /// <summary>Makes one on a server.</summary>
    public static async Task<MembershipDatabase> MakeAsync(PostgresServer server)
    {
        var database = new MembershipDatabase(await server.NewDatabaseAsync());
        await using var session = await new PostgresHosts(database.Address).OpenAsync(TestContext.Current.CancellationToken);
        await PostgresSchema.EnterAsync(session.Connection);
        return database;
    }

    /// <summary>Opens a table, as one member has it.</summary>
    public PostgresMembershipTable Open()
    {
        var hosts = new PostgresHosts(Address);
        var table = new PostgresMembershipTable(hosts, new MemberSession(hosts, TimeProvider.System));
        _opened.Add(table);
        return table;
    }

    /// <summary>Asks the database itself.</summary>
    public async Task<T> AskAsync<T>(string sql)
    {
        await using var session = await new PostgresHosts(Address).OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, session.Connection);
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var table in _opened)
        {
            await table.DisposeAsync();
        }
    }
}
