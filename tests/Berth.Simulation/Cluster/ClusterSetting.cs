using Berth.Pools;
using Berth.Runtime.Journal;
using Berth.Runtime.Ownership;
using Berth.Simulation.Kernel;

namespace Berth.Simulation.Cluster;

/// <summary>How the cluster of a run is set up. Everything here comes from the seed.</summary>
internal sealed record ClusterSetting
{
    public int Members { get; init; } = 5;

    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The policy that every member is started with.</summary>
    public PolicyException Policy { get; init; } = PolicyException.None;

    /// <summary>Small, so that members often start from a snapshot.</summary>
    public int SnapshotEvery { get; init; } = 25;

    public TimeSpan CullInterval { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan NewcomerDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The most that a member's clock runs faster or slower than the world's, in parts per million.</summary>
    public int MostDriftPpm { get; init; } = 200;

    /// <summary>Says of a live member that its process has ended. Being wrong must cost no seat.</summary>
    public Func<SimulatedMember, bool> LooksDead { get; init; } = member => !member.IsUp;

    /// <summary>What a member says of itself, made from what it would say.</summary>
    public Func<MemberCard, MemberCard> CardOf { get; init; } = card => card;

    /// <summary>What stands between a member's process and the store; nothing in a run of the product itself.</summary>
    public Func<IJournal, SimulatedProcess, IJournal> OverJournal { get; init; } = (journal, _) => journal;

    /// <summary>The same for the table.</summary>
    public Func<IMembershipTable, SimulatedProcess, IMembershipTable> OverTable { get; init; } = (table, _) => table;

    /// <summary>The same for the way between members.</summary>
    public Func<HttpMessageHandler, SimulatedProcess, HttpMessageHandler> OverWire { get; init; } = (wire, _) => wire;
}
