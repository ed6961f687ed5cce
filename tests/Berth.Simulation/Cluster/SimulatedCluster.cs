using Berth.Pools;
using Berth.Runtime.Ownership;
using Berth.Simulation.Checks;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Cluster;

/// <summary>A cluster of the product's own members over a simulated store and network.</summary>
internal sealed class SimulatedCluster
{
    private readonly List<SimulatedMember> _members = [];
    private long _requests;

    public SimulatedCluster(World world, ClusterSetting setting)
    {
        World = world;
        Setting = setting;
        Network = new SimulatedNetwork(world);
        Store = new SimulatedStore(world, () => new MemoryMembershipTable());
        Witness = new Witness(world);
        Store.Took = call => Witness.Tell(check => check.OnStore(call));
        Store.Answered = call => Witness.Tell(check => check.OnStoreAnswer(call));
        Store.WentBack = mark => Witness.Tell(check => check.OnWentBack(mark));
        for (var number = 1; number <= setting.Members; number++)
        {
            _members.Add(new SimulatedMember(this, $"m{number}"));
        }
    }

    public World World { get; }

    public ClusterSetting Setting { get; }

    public SimulatedNetwork Network { get; }

    public SimulatedStore Store { get; }

    public Witness Witness { get; }

    public IReadOnlyList<SimulatedMember> Members => _members;

    public SimulatedMember? Named(string name) => _members.Find(member => member.Name == name);

    /// <summary>A request of a node or an operator goes out.</summary>
    /// <param name="asker">Which process asks.</param>
    /// <param name="edge">The member it is sent to.</param>
    /// <param name="pool">The pool.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="onEnd">Told how it ended, unless it was given up before.</param>
    public SentRequest Send(
        string asker, SimulatedMember edge, PoolName pool, PoolCommand command, Action<NodeRequest, NetworkOutcome<RoutedAnswer>> onEnd)
    {
        var request = new NodeRequest(++_requests, asker, edge.Name, pool, command, World.Now);
        Witness.Say($"{asker} asks {edge.Name} #{request.Number}: {command} in {pool}");
        Witness.Tell(check => check.OnSent(request));
        var call = Network.Call<RoutedAnswer>(
            asker,
            edge.EdgeAddress,
            gone => edge.ServeAsync(request, gone),
            outcome =>
            {
                if (outcome is { End: NetworkEnd.Answered, Answer: { } answer })
                {
                    Witness.Say($"{asker} is told #{request.Number}: {answer.Reply} by {answer.Member ?? "nobody"} at {answer.Epoch.Value}");
                    Witness.Tell(check => check.OnAnswered(request, answer));
                }
                else
                {
                    Witness.Say($"{asker} #{request.Number}: {outcome.End}");
                    Witness.Tell(check => check.OnGivenUp(request));
                }

                onEnd(request, outcome);
            });
        return new SentRequest(this, request, call);
    }

    public void Changed(SimulatedMember member, MemberChange change)
    {
        Witness.Say($"{member.Name} {change}");
        Witness.Tell(check => check.OnMember(member, change));
    }
}

/// <summary>A request whose answer is waited for.</summary>
internal sealed record SentRequest(SimulatedCluster Cluster, NodeRequest Request, NetworkCall Call)
{
    /// <summary>Nobody waits for it any more.</summary>
    public void GiveUp()
    {
        Cluster.Witness.Say($"{Request.Asker} gives #{Request.Number} up");
        Cluster.Witness.Tell(check => check.OnGivenUp(Request));
        Call.GiveUp();
    }
}
