namespace Berth.Simulation.Traffic;

/// <summary>What nodes do, counted so that tests can say that it really happens.</summary>
internal enum Behavior
{
    GotSeat,
    Renewed,
    RenewedLate,
    RenewedAtTheLastMoment,
    RenewedTwice,
    FoundNoSeat,
    Released,
    ClaimedAtOnceElsewhere,
    Crashed,
    CrashedWhileAsking,
    CameBack,
    Retried,
    GaveUp,
    Overtook,
    HeardLate,
    ChangedMember,
    ChangedPool,
    CooledDown,
    MetNoPool,
    MetOtherKey,
    HeldWithoutHeartbeats,
}

/// <summary>How often everything happened.</summary>
internal sealed class TrafficCounts
{
    private readonly long[] _behaviors = new long[Enum.GetValues<Behavior>().Length];
    private readonly long[] _acts = new long[Enum.GetValues<OperatorAct>().Length];

    /// <summary>Requests that were sent.</summary>
    public long Sent { get; private set; }

    /// <summary>When the last one was.</summary>
    public TimeSpan LastSentAt { get; private set; }

    /// <summary>Requests that were answered.</summary>
    public long Answered { get; private set; }

    /// <summary>Shards that were moved because an operator wanted it.</summary>
    public long Moved { get; private set; }

    /// <summary>What an operator wanted and got.</summary>
    public long Of(OperatorAct act) => _acts[(int)act];

    public long Of(Behavior behavior) => _behaviors[(int)behavior];

    public void Add(Behavior behavior) => _behaviors[(int)behavior]++;

    public void Add(OperatorAct act) => _acts[(int)act]++;

    public void AddSent(TimeSpan at)
    {
        Sent++;
        LastSentAt = at;
    }

    public void AddAnswered() => Answered++;

    public void AddMoved(bool moved) => Moved += moved ? 1 : 0;
}
