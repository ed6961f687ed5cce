using System.Text;
using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;
using Berth.Runtime.Pools;
using Berth.Runtime.Routing;

namespace Berth.Testing.Cluster;

/// <summary>How the members of a <see cref="TestCluster"/> run.</summary>
public sealed record TestClusterOptions
{
    /// <summary>How long a member answers after a renewal: 3 s.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How they keep their leases.</summary>
    public OwnershipOptions Ownership { get; init; } = new();

    /// <summary>How they look for owners.</summary>
    public RoutingOptions Routing { get; init; } = new();

    /// <summary>How they run their pools.</summary>
    public PoolHostOptions Pools { get; init; } = new();
}

/// <summary>
/// Real members in one process, over shared stores in memory and on one clock. Everything runs on the test's own thread, so that each run is
/// the same; time passes only where a call says that it waits for something.
/// </summary>
public sealed class TestCluster : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    private readonly TestClusterOptions _options;
    private readonly Pump _pump;
    private readonly List<ClusterNode> _nodes = [];
    private readonly List<ClusterNode> _former = [];

    private TestCluster(TestClusterOptions options)
    {
        _options = options;
        _pump = new Pump(Clock);
    }

    /// <summary>The clock of all members.</summary>
    public FakeClock Clock { get; } = new();

    /// <summary>The table itself, not any member's way to it.</summary>
    public MemoryMembershipTable Table { get; } = new();

    /// <summary>The journal itself, not any member's way to it.</summary>
    public MemoryJournal Journal { get; } = new();

    /// <summary>The members, in the order in which they were added.</summary>
    public IReadOnlyList<ClusterNode> Nodes => _nodes;

    /// <summary>The member with this number.</summary>
    public ClusterNode this[int node] => _nodes[node];

    /// <summary>Members that have joined, are ready, and hold their shares.</summary>
    public static async Task<TestCluster> StartAsync(int members, TestClusterOptions? options = null)
    {
        var cluster = new TestCluster(options ?? new TestClusterOptions());
        for (var i = 0; i < members; i++)
        {
            cluster.Add();
        }

        await cluster.UntilAsync(cluster.IsBalanced);
        return cluster;
    }

    /// <summary>Starts one more member. Nothing is waited for.</summary>
    /// <param name="change">Makes its card another one.</param>
    /// <param name="before">Told of it before it starts.</param>
    public ClusterNode Add(Func<MemberCard, MemberCard>? change = null, Action<ClusterNode>? before = null)
    {
        var name = $"m{_nodes.Count}";
        var card = new MemberCard(
            name, name + ".site:6350", "site", new string('a', 64), FeatureLevel: 1, _options.Lease, _options.Pools.ExplicitPolicy);
        var node = new ClusterNode(change?.Invoke(card) ?? card, _options, this);
        _nodes.Add(node);
        before?.Invoke(node);
        Start(node);
        return node;
    }

    /// <summary>The process is gone from one moment to the next: nothing it does has an effect any more, and its port refuses.</summary>
    public void Kill(int node)
    {
        _nodes[node].IsRunning = false;
        _nodes[node].Cut();
    }

    /// <summary>A new process with the same name and address. The former one is killed, if it still runs.</summary>
    public ClusterNode Restart(int node)
    {
        Kill(node);
        _former.Add(_nodes[node]);
        _nodes[node] = new ClusterNode(_nodes[node].Card, _options, this);
        Start(_nodes[node]);
        return _nodes[node];
    }

    /// <summary>The member is asked to stop.</summary>
    public void BeginLeave(int node) => Do(_nodes[node].Stop.Cancel);

    /// <summary>The member is asked to stop, and has left.</summary>
    public Task LeaveAsync(int node)
    {
        BeginLeave(node);
        return UntilAsync(() => _nodes[node].Running.IsCompleted);
    }

    /// <summary>Time passes.</summary>
    public Task PassAsync(TimeSpan by)
    {
        _pump.Until(() => false, by);
        return Task.CompletedTask;
    }

    /// <summary>Time passes until it is so. It fails after two minutes.</summary>
    public Task UntilAsync(Func<bool> isSo)
    {
        _pump.Until(isSo, _patience).ShouldBeTrue("it did not come true within two minutes of the cluster's time");
        return Task.CompletedTask;
    }

    /// <summary>The result, as soon as it is there: time passes if it must.</summary>
    public async Task<T> WaitAsync<T>(Task<T> task)
    {
        await UntilAsync(() => task.IsCompleted);
        return await task;
    }

    /// <summary>Begins to do something in the cluster; what it waits for is done by the calls that let time pass.</summary>
    public Task<T> Begin<T>(Func<ValueTask<T>> act) => _pump.Do(() => act().AsTask());

    /// <summary>Does something in the cluster, and all that follows from it at once.</summary>
    public void Do(Action act) => _pump.Do(() =>
    {
        act();
        return 0;
    });

    /// <summary>Sends a command to a pool through one of the members. Nothing is waited for.</summary>
    public Task<PoolReply> Begin(int at, string pool, PoolCommand command, Delivery delivery = default) =>
        Begin(() => _nodes[at].Member.Router.SendAsync(new(pool), command, delivery));

    /// <summary>Sends a command to a pool through one of the members, and waits for its answer.</summary>
    public Task<PoolReply> SendAsync(int at, string pool, PoolCommand command, Delivery delivery = default) =>
        WaitAsync(Begin(at, pool, command, delivery));

    /// <summary>A node asks a member for a seat, or renews it.</summary>
    public Task<PoolReply> ClaimAsync(string pool, string node, int at = 0) => SendAsync(at, pool, new ClaimSeat(new(node), Who.Nobody));

    /// <summary>A node gives its seat back through a member.</summary>
    public Task<PoolReply> ReleaseAsync(string pool, string node, int at = 0) => SendAsync(at, pool, new ReleaseSeat(new(node), Who.Nobody));

    /// <summary>Whether the node holds a seat, as a member is told.</summary>
    public async Task<bool> HoldsAsync(string pool, string node, int at = 0) =>
        await SendAsync(at, pool, new AskClaim(new(node))) is AlreadyHeld;

    /// <summary>Makes a pool with one license, through a member.</summary>
    public async Task PoolAsync(string pool, int seats, int at = 0)
    {
        await WaitAsync(Begin(async ValueTask<int> () =>
        {
            await _nodes[at].Member.Pools.CreatePoolAsync(new(pool));
            return 0;
        }));
        var id = "lic-" + pool;
        var row = new LicenseRow(new(id), new(pool), Encoding.UTF8.GetBytes("file of " + id), id);
        (await SendAsync(at, pool, new AddLicenses([new(new(id), seats, null)], Who.Nobody), new(0, default, [row]))).ShouldBe(Changed.Instance);
    }

    /// <summary>A name that belongs to a shard of this member.</summary>
    public string NameOwnedBy(int node) => Enumerable.Range(0, 100_000).Select(i => $"pool-{i}").First(name => OwnerOf(name) == node);

    /// <summary>Who owns the shard of a pool, by the table's word; null: nobody that runs.</summary>
    public int? OwnerOf(string pool) => OwnerOfShard(Shards.Of(new(pool)));

    /// <summary>Who owns a shard, by the table's word; null: nobody that runs.</summary>
    public int? OwnerOfShard(int shard)
    {
        var owner = Read().Shards[shard].Owner;
        var node = _nodes.FindIndex(node => node.IsRunning && node.Self.Value != 0 && node.Self == owner);
        return node < 0 ? null : node;
    }

    /// <summary>The shard of a pool, by the table's word.</summary>
    public ShardRow ShardOf(string pool) => Read().Shards[Shards.Of(new(pool))];

    /// <summary>The table of this moment.</summary>
    public ClusterTable Read() => _pump.Do(() => Table.ReadAsync(CancellationToken.None).AsTask()).Result;

    /// <summary>Every member that runs is ready, and holds what it should among them.</summary>
    public bool IsBalanced()
    {
        var running = _nodes.Where(node => node.IsRunning).ToList();
        var table = Read();
        var up = table.Members.Where(row => row.State == MemberState.Up).ToList();
        return running.TrueForAll(node => node.Member.IsReady)
            && up.Count == running.Count
            && table.Shards.All(row => row.Owner == Assignment.Of(row.Shard, up)!.Incarnation)
            && running.Sum(node => node.Member.Ownership.ShardsHeld) == Shards.Count;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        List<ClusterNode> all = [.. _nodes, .. _former];
        foreach (var node in all)
        {
            node.Journal.ReleaseAll();
            Do(node.Stop.Cancel);
        }

        await UntilAsync(() => all.TrueForAll(node => node.Running.IsCompleted));
        all.ForEach(node => node.Dispose());
        _pump.Strayed.ShouldBe(0, "everything in the cluster runs on the test's thread");
    }

    internal ClusterNode? At(string address) => _nodes.Find(node => node.Card.Address == address);

    private void Start(ClusterNode node) => Do(node.Start);
}
