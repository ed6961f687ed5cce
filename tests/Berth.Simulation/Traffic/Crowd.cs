using Berth.Pools;
using Berth.Runtime;
using Berth.Simulation.Cluster;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Traffic;

/// <summary>Everybody who asks the cluster for something in a run.</summary>
internal sealed class Crowd
{
    /// <summary>A crowd that asks more often than this slows down, so that no run takes too long.</summary>
    private const int MostRequests = 7_000;

    private Crowd(SimulatedCluster cluster, TrafficSetting setting)
    {
        Cluster = cluster;
        Setting = setting;
        Dice = cluster.World.Dice.Fork("traffic");
    }

    public SimulatedCluster Cluster { get; }

    public TrafficSetting Setting { get; }

    public TrafficCounts Counts { get; } = new();

    /// <summary>Everybody forks their own by name: one who is left out changes nobody else's draws.</summary>
    public Dice Dice { get; }

    public World World => Cluster.World;

    /// <summary>Nobody asks any more.</summary>
    public bool IsSilent => World.Now >= RunTimes.Silence;

    /// <summary>More was asked than a run can afford by now.</summary>
    public bool IsTooBusy => Counts.Sent > 300 + (MostRequests * (World.Now / RunTimes.Silence));

    /// <summary>From now on everybody asks.</summary>
    /// <param name="cluster">Whom.</param>
    /// <param name="setting">Who.</param>
    /// <param name="without">Nodes and operators that are left out, by their names.</param>
    public static Crowd Start(SimulatedCluster cluster, TrafficSetting setting, IReadOnlySet<string> without)
    {
        var crowd = new Crowd(cluster, setting);
        new Founder(crowd).Begin();
        foreach (var node in setting.Nodes.Where(node => !without.Contains(node.Asker)))
        {
            new Node(crowd, node).Begin();
        }

        foreach (var one in setting.Operators.Where(one => !without.Contains(one.Asker)))
        {
            new Operator(crowd, one).Begin();
        }

        if (setting.Moves is { } every && !without.Contains(Mover.Name))
        {
            new Mover(crowd, every).Begin();
        }

        return crowd;
    }

    /// <summary>Sends a request; <paramref name="onEnd"/> is told the reply, or null where none came.</summary>
    public SentRequest Send(string asker, SimulatedMember edge, PoolName pool, PoolCommand command, Action<PoolReply?> onEnd)
    {
        Counts.AddSent(World.Now);
        return Cluster.Send(asker, edge, pool, command, (_, outcome) =>
        {
            if (outcome is { End: NetworkEnd.Answered, Answer: { } answer })
            {
                Counts.AddAnswered();
                onEnd(answer.Reply);
            }
            else
            {
                onEnd(null);
            }
        });
    }

    /// <summary>Does something in the process of a member that runs. Told whether it went well; nothing where the process died.</summary>
    public void Do(SimulatedMember member, Func<ClusterMember, ValueTask<bool>> deed, Action<bool> onEnd)
    {
        if (member is not { IsRunning: true, Process: { } process, Running: { } running })
        {
            World.At(TimeSpan.Zero, () => onEnd(false));
            return;
        }

        process.Start(async () =>
        {
            var done = false;
            try
            {
                done = await deed(running);
            }
            catch (Exception failure)
            {
                Cluster.Witness.Say($"{member.Name} was told to do something: {failure.Message}");
            }

            World.At(TimeSpan.Zero, () => onEnd(done));
        });
    }
}
