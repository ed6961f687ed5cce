using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;
using Berth.Simulation.Checks;
using Berth.Simulation.Cluster;
using Berth.Simulation.Kernel;
using Berth.Simulation.Model;

namespace Berth.Simulation.Tests.Checks;

/// <summary>A cluster in which nothing runs, one check, and facts that a test makes up.</summary>
internal sealed class Scene : IDisposable
{
    public static readonly PoolName Pool = new("p");
    public static readonly Stamp Stamp = new(0, 0, Who.Nobody);

    private readonly Dictionary<string, SimulatedProcess> _processes = [];
    private readonly Dictionary<PoolName, (long Version, byte[] Head)> _written = [];
    private long _calls;
    private long _requests;

    public Scene(Func<ClusterModel, Action<string>, Check> check)
    {
        World = new World(1);
        Cluster = new SimulatedCluster(World, new ClusterSetting { Members = 2 });
        AllChecks.AddTo(Cluster, [check]);
    }

    public World World { get; }

    public SimulatedCluster Cluster { get; }

    /// <summary>What was found wrong; null: nothing.</summary>
    public string? Found => Cluster.Witness.Violation?.What;

    public TimeSpan Now => World.Now;

    public void Dispose() => World.Dispose();

    /// <summary>Goes on to a second.</summary>
    public void At(double second) => World.RunUntil(TimeSpan.FromSeconds(second));

    public SimulatedProcess Process(string name)
    {
        if (!_processes.TryGetValue(name, out var process))
        {
            _processes.Add(name, process = World.StartProcess(name));
        }

        return process;
    }

    /// <summary>A call that is made now; nobody is told of it yet.</summary>
    public FakeCall Call(string process, StoreOperation operation, object? result) =>
        new(Cluster.Store, Process(process), ++_calls, operation, result);

    public void Took(StoreCall call) => Cluster.Witness.Tell(check => check.OnStore(call));

    public void Told(StoreCall call) => Cluster.Witness.Tell(check => check.OnStoreAnswer(call));

    /// <summary>A call that is made, done and answered now.</summary>
    public void Do(string process, StoreOperation operation, object? result)
    {
        var call = Call(process, operation, result);
        Took(call);
        Told(call);
    }

    public void Open(string process, long epoch, long opening, params ReplayItem[] replay) =>
        Do(process, new OpenPool(Pool, new Epoch(epoch), null), new OpenedPool(new OpenResult(OpenOutcome.Opened, new Opening(opening), false), replay));

    /// <summary>An append that continues what was written.</summary>
    public AppendBatch Batch(long epoch, long opening, params PoolEvent[] events)
    {
        var (version, before) = _written.TryGetValue(Pool, out var written) ? written : (0, new byte[AuditChain.HashBytes]);
        var to = new ByteWriter();
        foreach (var happened in events)
        {
            EventCodec.Write(to, happened);
        }

        var bytes = to.Written.ToArray();
        byte[] head = [.. before];
        AuditChain.ExtendOver(head, new JournalRecord(version + 1, events.Length, bytes, default));
        return new AppendBatch(Pool, new Epoch(epoch), new Opening(opening), version, new JournalBatch(events.Length, bytes, head, [], []));
    }

    public void Commit(string process, AppendBatch batch)
    {
        _written[Pool] = (batch.ExpectedVersion + batch.Batch.Count, batch.Batch.Hash.ToArray());
        Do(process, batch, AppendResult.Committed);
    }

    /// <summary>Events that m1 appends under (1, 1).</summary>
    public void Happen(params PoolEvent[] events) => Commit("m1", Batch(1, 1, events));

    /// <summary>A pool with one license, opened by m1 under (1, 1).</summary>
    public void Begin(int seats = 1)
    {
        Open("m1", 1, 1);
        Happen(new PoolAdded("p", Stamp), new LicenseAdded(new LicenseId("a"), seats, null, Stamp), new PolicyAdopted(Policy.Default, Stamp));
    }

    public static SeatGranted Grant(string node, long number, string license = "a") =>
        new(new Fingerprint(node), new LicenseId(license), number, 60_000, null, Stamp);

    public static SeatReleased Release(string node, long number, string license = "a", ReleaseCause cause = ReleaseCause.Node) =>
        new(new Fingerprint(node), new LicenseId(license), number, cause, Stamp);

    public static ClaimExpired Expire(string node, long number, string license = "a") =>
        new(new Fingerprint(node), new LicenseId(license), number, Stamp);

    public static ClaimSeat Put(string node) => new(new Fingerprint(node), Who.Nobody);

    public static ReleaseSeat Delete(string node) => new(new Fingerprint(node), Who.Nobody);

    public static Granted Yes(long number, string license = "a") => new(new LicenseId(license), 60_000, number);

    public static Renewed Still(string license = "a") => new(new LicenseId(license), 60_000, Repeat: false);

    public NodeRequest Send(PoolCommand command)
    {
        var request = new NodeRequest(++_requests, "asker", "m1", Pool, command, Now);
        Cluster.Witness.Tell(check => check.OnSent(request));
        return request;
    }

    public void Arrive(NodeRequest request)
    {
        request.LastArrivedAt = Now;
        Cluster.Witness.Tell(check => check.OnArrived(request));
    }

    public void Answer(NodeRequest request, PoolReply reply, long epoch = 1) =>
        Cluster.Witness.Tell(check => check.OnAnswered(request, new RoutedAnswer(reply, "m1", new Epoch(epoch))));

    /// <summary>A node asks and is told at once.</summary>
    public void Ask(PoolCommand command, PoolReply reply, long epoch = 1) => Answer(Send(command), reply, epoch);

    /// <summary>The owner gives an answer to what came at a second.</summary>
    public void Give(string process, PoolCommand command, PoolReply reply, double arrived, long epoch = 1)
    {
        var answer = new GivenAnswer(
            Cluster.Members[0], Process(process), Pool, command, reply, new Epoch(epoch), TimeSpan.FromSeconds(arrived), Now);
        Cluster.Witness.Tell(check => check.OnGiven(answer));
    }

    public static MemberCard Card(string name) =>
        new(name, $"{name}:6350", "simulated", new string('0', 64), 1, TimeSpan.FromSeconds(3), PolicyException.None);

    public void Join(string process, long incarnation) =>
        Do(process, new JoinCluster(Card(process)), new JoinResult(new Incarnation(incarnation)));

    public void Renew(string process, long incarnation, params OwnedShard[] owned) =>
        Do(process, new RenewLease(new Incarnation(incarnation)), new RenewResult(true, owned, 1, 1));

    /// <summary>Takes the shard of the pool.</summary>
    public void Acquire(string process, long member, SeenMember? from, long epoch, double formerLease)
    {
        OwnedShard[] taken = [new(Shards.Of(Pool), new Epoch(epoch), TimeSpan.FromSeconds(formerLease))];
        Do(process, new AcquireShards(new Incarnation(member), [taken[0].Shard], from), new AcquireResult(AcquireOutcome.Acquired, taken));
    }

    public TransferShard Transfer(long member, long epoch, long to, bool settled = true) =>
        new(new Incarnation(member), new OwnedShard(Shards.Of(Pool), new Epoch(epoch), TimeSpan.Zero), new Incarnation(to), settled);
}
