namespace Berth.Simulation.Traffic;

/// <summary>What an operator does.</summary>
internal enum OperatorAct
{
    /// <summary>A node's seat is taken away.</summary>
    Take,

    /// <summary>And the node gets none for a while.</summary>
    TakeAndCoolDown,

    /// <summary>A license goes, another comes.</summary>
    Exchange,
    Shrink,
    Grow,

    /// <summary>The pool gets another ttl.</summary>
    ChangeTtl,
    ChangeStrategy,

    /// <summary>The pool does without heartbeats for a while.</summary>
    PauseHeartbeats,

    /// <summary>The cluster gets another ttl.</summary>
    ChangeClusterPolicy,
    Look,
    List,
}

/// <summary>What kinds of operators do, each act as often as it is named.</summary>
internal static class OperatorActs
{
    public static readonly IReadOnlyList<OperatorAct> All = Enum.GetValues<OperatorAct>();

    public static readonly IReadOnlyList<OperatorAct> Policies =
    [
        OperatorAct.ChangeTtl, OperatorAct.ChangeTtl, OperatorAct.ChangeTtl, OperatorAct.ChangeTtl, OperatorAct.ChangeStrategy,
        OperatorAct.PauseHeartbeats, OperatorAct.ChangeClusterPolicy, OperatorAct.ChangeClusterPolicy,
    ];

    public static readonly IReadOnlyList<OperatorAct> Seats =
    [
        OperatorAct.Take, OperatorAct.Take, OperatorAct.TakeAndCoolDown, OperatorAct.Exchange, OperatorAct.Exchange,
        OperatorAct.Shrink, OperatorAct.Grow, OperatorAct.List,
    ];
}
