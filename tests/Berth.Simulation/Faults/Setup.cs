using Berth.Pools;
using Berth.Simulation.Cluster;
using Berth.Simulation.Kernel;
using Berth.Simulation.Traffic;

namespace Berth.Simulation.Faults;

/// <summary>Everything of a run, from its seed.</summary>
internal sealed record Setup(ulong Seed, WorldOptions World, ClusterSetting Cluster, TrafficSetting Traffic, FaultPlan Faults)
{
    private static readonly IReadOnlySet<string> _nobody = new HashSet<string>();
    private static readonly IReadOnlySet<int> _nothing = new HashSet<int>();

    /// <summary>Draws it. A test may ask for one kind of trouble.</summary>
    public static Setup Of(ulong seed, FaultProfile? faults = null)
    {
        var dice = new Dice(seed).Fork("setup");
        var drawn = dice.Pick(Enum.GetValues<FaultProfile>());
        var profile = faults ?? drawn;

        // Where owners change early it matters most that nodes renew at the last moment.
        var holders = profile == FaultProfile.Takeovers && dice.Fork("holders").Chance(0.6);
        var traffic = TrafficSetting.Of(dice.Fork("traffic"), holders ? TrafficProfile.Holders : null);
        var cluster = ClusterOf(dice.Fork("cluster"), profile, traffic);
        var members = Enumerable.Range(1, cluster.Members).Select(number => $"m{number}").ToList();
        return new Setup(
            seed,
            WorldOf(dice.Fork("world")),
            cluster,
            traffic,
            FaultPlan.Of(dice.Fork("faults"), profile, members, [.. traffic.Askers]));
    }

    /// <summary>The world to start it in.</summary>
    public World NewWorld() => new(Seed, World);

    /// <summary>Puts everybody in their places; nothing happens before the world runs.</summary>
    /// <param name="world">Where.</param>
    /// <param name="withoutAskers">Nodes and operators that are left out, by their names.</param>
    /// <param name="withoutFaults">Faults that are left out, by their indices.</param>
    public Stage Start(World world, IReadOnlySet<string>? withoutAskers = null, IReadOnlySet<int>? withoutFaults = null)
    {
        var heldForDead = new HashSet<string>();
        var cluster = new SimulatedCluster(world, Cluster with
        {
            LooksDead = member => heldForDead.Contains(member.Name) || Cluster.LooksDead(member),
        });
        return new Stage(
            cluster,
            Scene.Start(cluster, Faults, heldForDead, withoutFaults ?? _nothing),
            Crowd.Start(cluster, Traffic, withoutAskers ?? _nobody));
    }

    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"seed {Seed}: {Traffic.Profile} under {Faults.Profile}: {Cluster.Members} members, lease {Cluster.Lease.TotalSeconds:0.#} s, ")
        + string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"{Traffic.Pools.Count} pools, {Traffic.Nodes.Count} nodes, ttl {Traffic.Policy.Ttl.TotalSeconds:0.#} s, {Faults.Faults.Count} faults");

    private static ClusterSetting ClusterOf(Dice dice, FaultProfile profile, TrafficSetting traffic)
    {
        var (ttl, strategy, heartbeats) = traffic.Policy;
        return new ClusterSetting
        {
            Members = 5,
            Lease = TimeSpan.FromMilliseconds(profile == FaultProfile.Takeovers ? 6_000 + dice.Below(4_001) : 3_000 + dice.Below(7_001)),
            Policy = dice.Chance(0.7) ? PolicyException.None : new PolicyException(ttl, strategy, heartbeats),
            SnapshotEvery = 5 + dice.Below(46),
            CullInterval = dice.Between(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10)),
            NewcomerDelay = dice.Between(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(20)),
        };
    }

    private static WorldOptions WorldOf(Dice dice) => new()
    {
        OtherFirst = dice.Fraction() * 0.3,
        Delayed = dice.Chance(0.5) ? dice.Fraction() * 0.02 : 0,
        LatestTimer = dice.Chance(0.5) ? TimeSpan.Zero : TimeSpan.FromMilliseconds(dice.Below(50)),
    };
}

/// <summary>A run with everybody in their places.</summary>
internal sealed record Stage(SimulatedCluster Cluster, Scene Scene, Crowd Crowd);
