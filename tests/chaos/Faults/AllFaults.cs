using Berth.Chaos.Hosts;

namespace Berth.Chaos.Faults;

/// <summary>Every fault there is.</summary>
internal static class AllFaults
{
    /// <summary>The one that every round begins with.</summary>
    public static readonly Fault First = new KillOwner();

    /// <summary>All, in no order.</summary>
    public static IReadOnlyList<Fault> All { get; } =
    [
        First,
        new KillEdge(),
        new KillAll(),
        new PauseOwner(),
        new ReplaceMember(),
        new Partition("cut-host", Beyond.Everybody, CutKind.Drop),
        new Partition("cut-peers-drop", Beyond.Peers, CutKind.Drop),
        new Partition("cut-peers-reset", Beyond.Peers, CutKind.Reset),
        new Partition("cut-peers-one-way", Beyond.Peers, CutKind.Drop, CutWay.In),
        new Partition("cut-store-drop", Beyond.Store, CutKind.Drop),
        new Partition("cut-store-reset", Beyond.Store, CutKind.Reset),
        new Partition("cut-both-drop", Beyond.PeersAndStore, CutKind.Drop),
        new Partition("cut-both-reset", Beyond.PeersAndStore, CutKind.Reset),
        new KillStore(),
        new PauseStore(),
        new FailoverStore(),
        new FillDisk(),
        new StepClock("clock-ahead", TimeSpan.FromDays(1)),
        new StepClock("clock-behind", TimeSpan.FromDays(-1)),
        new PlannedLeave(),
        new RollingRestart(),
        new LoseTail(),
    ];

    /// <summary>The one with this name; null: there is none.</summary>
    public static Fault? Named(string name) => All.FirstOrDefault(fault => fault.Name == name);
}
