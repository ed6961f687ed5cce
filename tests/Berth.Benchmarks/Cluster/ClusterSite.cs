using Berth.Benchmarks.Processes;
using Berth.Protocol;
using Berth.Testing.Postgres;

namespace Berth.Benchmarks.Cluster;

/// <summary>One PostgreSQL that keeps what it is told, and members over one database of it, all on the loopback.</summary>
internal sealed class ClusterSite : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly string _folder;
    private readonly PostgresServer _postgres;
    private readonly string _store;
    private readonly List<ClusterServer> _members = [];

    private ClusterSite(string folder, PostgresServer postgres, string store)
    {
        _folder = folder;
        _postgres = postgres;
        _store = store;
    }

    public IReadOnlyList<ClusterServer> Members => _members;

    public static async Task<ClusterSite> StartAsync(string scratch, int members, CancellationToken stop)
    {
        var postgres = await PostgresServer.StartAsync("fsync=on", "shared_buffers=512MB", "max_wal_size=4GB");
        var site = new ClusterSite(scratch, postgres, await postgres.NewDatabaseAsync());
        await File.WriteAllTextAsync(Path.Combine(scratch, "secret"), Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32)), stop);
        for (var i = 0; i < members; i++)
        {
            site._members.Add(await site.StartMemberAsync($"m{i + 1}", stop));
        }

        await site.BalanceAsync(stop);
        return site;
    }

    /// <summary>The member of this name.</summary>
    public ClusterServer this[string name] => _members.Single(member => member.Name == name);

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members)
        {
            member.Management.Dispose();
            await member.Server.DisposeAsync();
        }

        await _postgres.DisposeAsync();
    }

    /// <summary>Waits until every member has its share of the shards: newcomers are given theirs after half a minute.</summary>
    private async Task BalanceAsync(CancellationToken stop)
    {
        var least = Berth.Runtime.Ownership.Shards.Count / _members.Count / 2;
        var began = TimeProvider.System.GetTimestamp();
        ClusterState? seen = null;
        while (seen is null || seen.Members.Any(member => member.State == MemberStates.Up && member.Shards < least))
        {
            if (TimeProvider.System.GetElapsedTime(began) > StartLimit * 3)
            {
                throw new BenchException($"the shards were not dealt: {string.Join(", ", seen?.Members.Select(member => $"{member.Name} {member.State} {member.Shards}") ?? [])}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, stop);
            seen = await _members[0].ShowAsync(stop);
        }
    }

    private async Task<ClusterServer> StartMemberAsync(string name, CancellationToken stop)
    {
        var (port, clusterPort) = (Server.FreePort(), Server.FreePort());
        var socket = Path.Combine(_folder, name + ".sock");
        var process = BerthProcess.Start(
            "serve", "--store", _store, "--bind", "127.0.0.1", "--port", $"{port}", "--member-name", name,
            "--advertise", $"127.0.0.1:{clusterPort}", "--cluster-bind", "127.0.0.1", "--cluster-port", $"{clusterPort}",
            "--cluster-secret-file", Path.Combine(_folder, "secret"), "--socket", socket, "--management-port", "off",
            "--key-file", Path.Combine(_folder, name + ".key"));
        var server = new Server(name, process, port, Pool: null);
        try
        {
            await server.WaitUntilReadyAsync("/readyz", StartLimit, stop);
            return new ClusterServer(name, server, new ManagementClient(socket, TimeProvider.System));
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }
}

/// <summary>A member under measurement, and its management.</summary>
internal sealed record ClusterServer(string Name, Server Server, ManagementClient Management)
{
    public async Task<ClusterState> ShowAsync(CancellationToken stop)
    {
        var answer = await Management.Cluster.ShowAsync(stop);
        return answer.Value ?? throw new BenchException($"{Name} does not show the cluster: {answer.Problem?.Detail}");
    }
}
