using Berth.Pools;
using Berth.Runtime;
using Berth.Runtime.Ownership;
using Berth.Runtime.Pools;
using Berth.Runtime.Routing;
using Berth.Simulation.Kernel;
using Berth.Simulation.Traffic;

namespace Berth.Simulation.Cluster;

/// <summary>A machine of the cluster, on which processes of the product come and go.</summary>
internal sealed class SimulatedMember(SimulatedCluster cluster, string name)
{
    /// <summary>A member looks as often in a lease as the product does in its own of three seconds.</summary>
    private const int WatchesPerLease = 12;

    private readonly Dice _dice = cluster.World.Dice.Fork("member").Fork(name);
    private Action _askToStop = () => { };

    public string Name { get; } = name;

    public string Address { get; } = $"{name}:6350";

    public string EdgeAddress { get; } = $"{name}:6349";

    /// <summary>The newest process; null: it was never started.</summary>
    public SimulatedProcess? Process { get; private set; }

    /// <summary>What runs in it.</summary>
    public ClusterMember? Running { get; private set; }

    /// <summary>What its program can do.</summary>
    public int FeatureLevel { get; private set; } = 1;

    /// <summary>A process is there; it may stand still.</summary>
    public bool IsUp => Process is { IsDead: false };

    /// <summary>A process is there and goes on.</summary>
    public bool IsRunning => Process is { State: ProcessState.Running };

    /// <summary>Starts a process. One that is there dies before.</summary>
    public void Start(int? featureLevel = null)
    {
        Crash(KillKind.Process);
        FeatureLevel = featureLevel ?? FeatureLevel;
        var most = cluster.Setting.MostDriftPpm;
        var process = cluster.World.StartProcess(Name, new ClockSetting(
            _dice.Between(TimeSpan.FromMinutes(1), TimeSpan.FromHours(2000)),
            _dice.Between(TimeSpan.FromSeconds(-30), TimeSpan.FromSeconds(30)),
            most == 0 ? 0 : _dice.Below((2 * most) + 1) - most));
        var stop = new CancellationTokenSource();
        var member = new ClusterMember(PartsOf(process));
        (Process, Running, _askToStop) = (process, member, stop.Cancel);
        cluster.Network.Listen(Address, process, (body, gone) => TakeHopAsync(process, member, body, gone));
        cluster.Network.Listen(EdgeAddress, process);
        process.Start(() => RunAsync(process, member, stop.Token));
        cluster.Changed(this, MemberChange.Started);
    }

    /// <summary>The process is gone at once.</summary>
    public void Crash(KillKind kind)
    {
        if (IsUp)
        {
            Process!.Kill(kind);
            cluster.Changed(this, MemberChange.Crashed);
        }
    }

    /// <summary>The process is asked to hand everything on and to end.</summary>
    public void Leave()
    {
        if (IsRunning)
        {
            cluster.Changed(this, MemberChange.AskedToLeave);
            Process!.Run(_askToStop);
        }
    }

    public void Pause()
    {
        if (IsRunning)
        {
            Process!.Pause();
            cluster.Changed(this, MemberChange.Paused);
        }
    }

    /// <summary>Stands still with its monotonic clock.</summary>
    public void Freeze()
    {
        if (IsRunning)
        {
            Process!.Freeze();
            cluster.Changed(this, MemberChange.Frozen);
        }
    }

    public void GoOn()
    {
        if (IsUp && !IsRunning)
        {
            cluster.Changed(this, MemberChange.WentOn);
            Process!.Resume();
        }
    }

    /// <summary>What the edge does with a request of a node: in this member's process.</summary>
    public async Task<RoutedAnswer> ServeAsync(NodeRequest request, CancellationToken gone)
    {
        var (process, member, arrived) = (Process!, Running!, cluster.World.Now);
        request.LastArrivedAt = arrived;
        cluster.Witness.Tell(check => check.OnArrived(request));
        var rows = LicenseFiles.With(request.Pool, request.Command);
        var routed = await member.Router.AskAsync(request.Pool, request.Command, new Delivery(0, gone, rows));
        if (routed.Member == Name)
        {
            Give(process, request.Pool, request.Command, routed, arrived);
        }

        return new RoutedAnswer(routed.Reply, routed.Member, routed.Epoch);
    }

    private async Task<byte[]> TakeHopAsync(SimulatedProcess process, ClusterMember member, byte[] body, CancellationToken gone)
    {
        var arrived = cluster.World.Now;
        var answer = (await member.HandleHopAsync(body, gone)).ToArray();
        var request = HopFormat.ReadRequest(body);
        var response = HopFormat.ReadResponse(answer);
        if (request.Kind == HopKind.Call && response.Epoch.Value != 0)
        {
            Give(process, request.Pool, request.Command!, new RoutedReply(response.Reply, Name, response.Epoch), arrived);
        }

        return answer;
    }

    private void Give(SimulatedProcess process, PoolName pool, PoolCommand command, RoutedReply routed, TimeSpan arrived)
    {
        var answer = new GivenAnswer(this, process, pool, command, routed.Reply, routed.Epoch, arrived, cluster.World.Now);
        cluster.Witness.Say($"{Name} answers {routed.Reply} to {command} in {pool} at epoch {routed.Epoch.Value}");
        cluster.Witness.Tell(check => check.OnGiven(answer));
    }

    private async Task RunAsync(SimulatedProcess process, ClusterMember member, CancellationToken stop)
    {
        try
        {
            await member.RunAsync(stop);
        }
        catch (JoinRefusedException refused)
        {
            cluster.Witness.Say($"{Name} may not join: {refused.Message}");
        }

        // The process ends once this step is over.
        cluster.World.At(TimeSpan.Zero, () =>
        {
            if (!process.IsDead)
            {
                process.Kill();
                cluster.Changed(this, MemberChange.Ended);
            }
        });
    }

    private ClusterMemberParts PartsOf(SimulatedProcess process)
    {
        var setting = cluster.Setting;
        var wire = new HttpMessageInvoker(setting.OverWire(cluster.Network.HandlerFor(process, Name), process));
        var card = setting.CardOf(
            new MemberCard(Name, Address, "simulated", new string('0', 64), FeatureLevel, setting.Lease, setting.Policy));
        return new ClusterMemberParts(
            card,
            setting.OverJournal(cluster.Store.JournalFor(process), process),
            setting.OverTable(cluster.Store.TableFor(process), process),
            wire,
            process.Clock,
            new MemberLog(cluster.Witness, Name))
        {
            Pools = new PoolHostOptions
            {
                SnapshotEvery = setting.SnapshotEvery,
                CullInterval = setting.CullInterval,
                ExplicitPolicy = card.ExplicitPolicy,
                RandomSeed = _dice.Next(),
            },
            Ownership = new OwnershipOptions
            {
                NewcomerDelay = setting.NewcomerDelay,
                WatchEvery = setting.Lease / WatchesPerLease,
                FindEvidence = (row, _) => new(cluster.Named(row.Card.Name) is { } other && setting.LooksDead(other)),
            },
        };
    }
}
