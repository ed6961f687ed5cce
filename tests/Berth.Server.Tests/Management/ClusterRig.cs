using Berth.Pools;
using Berth.Protocol;
using Berth.Server.Management;
using Berth.Testing;
using Berth.Testing.Cluster;
using Berth.Testing.Processes;

namespace Berth.Server.Tests.Management;

/// <summary>Members of a cluster in this process, and what an operator asks of each.</summary>
internal sealed class ClusterRig : IAsyncDisposable
{
    private static readonly ServerDescription _server = new("1", 2, "memory", 3, DateTimeOffset.UnixEpoch);

    private readonly TestVendor _vendor = new();

    private ClusterRig(TestCluster cluster) => Cluster = cluster;

    public TestCluster Cluster { get; }

    /// <summary>What the members were told to do: their numbers, in order.</summary>
    public List<int> Left { get; } = [];

    public RecordedLog Log { get; } = new();

    public static async Task<ClusterRig> StartAsync(int members) => new(await TestCluster.StartAsync(members));

    /// <summary>What an operator asks of a member.</summary>
    public Administration At(int node)
    {
        var member = Cluster[node].Member;
        var pools = new ManagedPools(member.Pools, member.Router);
        return new Administration(pools, Cluster.Journal, Cluster.Clock, () => _server, new Who("operator", null, null, null))
        {
            Steering = new ClusterSteering("site", Cluster[node].Table, Cluster.Clock, Log)
            {
                Member = member,
                Leave = () => Left.Add(node),
            },
        };
    }

    /// <summary>Asks a member, and waits for its answer on the cluster's clock.</summary>
    public Task<Answer<T>> AskAsync<T>(int node, Func<Administration, ValueTask<Answer<T>>> ask)
        where T : class => Cluster.WaitAsync(Cluster.Begin(() => ask(At(node))));

    /// <summary>The same, where the answer is good.</summary>
    public async Task<T> GoodAsync<T>(int node, Func<Administration, ValueTask<Answer<T>>> ask)
        where T : class
    {
        var answer = await AskAsync(node, ask);
        return answer.Value.ShouldNotBeNull(answer.Problem?.Detail);
    }

    /// <summary>The same, where it is refused.</summary>
    public async Task<Problem> RefusedAsync<T>(int node, Func<Administration, ValueTask<Answer<T>>> ask)
        where T : class => (await AskAsync(node, ask)).Problem.ShouldNotBeNull();

    /// <summary>Makes a pool through a member.</summary>
    public Task CreateAsync(int node, string pool) => Cluster.WaitAsync(Cluster.Begin(async ValueTask<int> () =>
    {
        await Cluster[node].Member.Pools.CreatePoolAsync(new(pool));
        return 0;
    }));

    /// <summary>Licenses for a pool.</summary>
    public AddLicensesRequest Licenses(string pool, int count, int machines = 1)
    {
        var issued = Enumerable.Range(0, count).Select(_ => _vendor.Issue(machines, issued: Cluster.Clock.GetUtcNow()));
        return new AddLicensesRequest([.. issued.Select(license => new LicenseUpload(license.File, license.Key))], _vendor.PublicKey, pool);
    }

    /// <summary>The names of so many pools that belong to a member, in their order.</summary>
    public List<string> NamesOwnedBy(int node, int count) =>
        [.. Enumerable.Range(0, 100_000).Select(i => $"p-{i:00000}").Where(name => Cluster.OwnerOf(name) == node).Take(count)];

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();
}
