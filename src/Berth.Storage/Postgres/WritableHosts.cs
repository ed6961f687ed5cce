using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>
/// A source of connections for each server that an address names; whichever takes writes is used, and looked for from the one that was found last.
/// The driver's own list of servers is not used: it remembers by the wall clock who takes writes, so that after a step of that clock a
/// standby which was promoted would not be asked for as long as the clock had been ahead.
/// </summary>
internal sealed class WritableHosts : IAsyncDisposable
{
    private const string LookForStandby = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean";

    private readonly NpgsqlDataSource[] _sources;
    private int _first;

    /// <param name="connectionString">As Npgsql takes it, with one host or several.</param>
    /// <param name="build">Makes the source of one host.</param>
    public WritableHosts(string connectionString, Func<NpgsqlConnectionStringBuilder, NpgsqlDataSourceBuilder> build)
    {
        var hosts = Each(connectionString).ToList();
        _sources = [.. hosts.Select(host => Source(build(host), mayBeStandby: hosts.Count == 1))];
    }

    /// <summary>Opens a connection to the host that takes writes; with one host, to that. Fails with <see cref="NpgsqlException"/>.</summary>
    public async Task<NpgsqlConnection> OpenAsync()
    {
        var first = Volatile.Read(ref _first);
        List<NpgsqlException> failures = [];
        for (var i = 0; i < _sources.Length; i++)
        {
            var at = (first + i) % _sources.Length;
            try
            {
                var connection = await _sources[at].OpenConnectionAsync();
                Volatile.Write(ref _first, at);
                return connection;
            }
            catch (NpgsqlException failure)
            {
                failures.Add(failure);
            }
        }

        throw failures.OfType<PostgresException>().FirstOrDefault() ?? (failures is [var only]
            ? only
            : new NpgsqlException(string.Join("; ", failures.Select(failure => failure.Message))));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources)
        {
            await source.DisposeAsync();
        }
    }

    /// <summary>The same settings for each host alone.</summary>
    private static IEnumerable<NpgsqlConnectionStringBuilder> Each(string connectionString)
    {
        var all = new NpgsqlConnectionStringBuilder(connectionString);
        foreach (var host in (all.Host ?? string.Empty).Split(','))
        {
            var one = new NpgsqlConnectionStringBuilder(connectionString) { Host = host, TargetSessionAttributes = null };
            var colon = host.LastIndexOf(':');
            if (colon > host.LastIndexOf(']') && host.IndexOf(':', StringComparison.Ordinal) is var from && (from == colon || host.StartsWith('['))
                && int.TryParse(host.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture, out var port))
            {
                (one.Host, one.Port) = (host[..colon].Trim('[', ']'), port);
            }

            yield return one;
        }
    }

    private static NpgsqlDataSource Source(NpgsqlDataSourceBuilder builder, bool mayBeStandby)
    {
        var host = $"{builder.ConnectionStringBuilder.Host}:{builder.ConnectionStringBuilder.Port}";
        return mayBeStandby ? builder.Build() : builder.UsePhysicalConnectionInitializer(_ => throw new NotSupportedException(), CheckAsync).Build();

        async Task CheckAsync(NpgsqlConnection connection)
        {
            await using var look = new NpgsqlCommand(LookForStandby, connection);
            if (await look.ExecuteScalarAsync() is true)
            {
                throw new NpgsqlException($"{host} takes no writes: it is a standby, or read-only");
            }
        }
    }
}
