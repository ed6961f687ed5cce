using System.Globalization;

namespace Berth.Simulation.Faults;

/// <summary>What goes wrong.</summary>
internal enum FaultKind
{
    Crash,
    PowerLoss,
    Pause,
    Freeze,
    Leave,
    RollingRestart,
    Upgrade,
    WallStep,
    Drift,
    CutFromStore,
    StoreOutage,
    SlowRequests,
    SlowAnswers,
    UnknownOutcomes,
    Lingering,
    DiskFull,
    Partition,
    OneWayPartition,
    NodesCutOff,
    SlowNetwork,
    Loss,
    Duplication,
    Resets,
    FalseAlarm,
    MarkedDown,

    /// <summary>A few messages between members are under way for longer than anybody waits for them.</summary>
    VeryLate,

    /// <summary>A live member is held for dead while it has no store, so that it goes on by its lease.</summary>
    AlarmWhileCut,

    /// <summary>A live member is held for dead while the store is slow.</summary>
    AlarmOverSlowStore,

    /// <summary>Whoever has just taken shards over is struck at once.</summary>
    NewOwnerStruck,

    /// <summary>Members leave while the store is away.</summary>
    LeaveInOutage,

    /// <summary>Who has just handed a shard on loses the store.</summary>
    CutAfterTransfer,
}

/// <summary>
/// Something that goes wrong, and is over after a while. It is made before the run and depends on no other, so any of them can be
/// left out.
/// </summary>
/// <param name="Index">Its place in the plan.</param>
/// <param name="Kind">What.</param>
/// <param name="At">When it begins.</param>
/// <param name="Parts">Everything that it does to the cluster.</param>
internal sealed record Fault(int Index, FaultKind Kind, TimeSpan At, IReadOnlyList<Trouble> Parts)
{
    /// <summary>How long until all of it is over.</summary>
    public TimeSpan For => Parts.Max(part => part.After + part.For);

    public override string ToString()
    {
        var parts = string.Join("; ", Parts.Select(part => part.After == TimeSpan.Zero
            ? $"{part.Text} for {Seconds(part.For)}"
            : $"after {Seconds(part.After)} {part.Text} for {Seconds(part.For)}"));
        return string.Create(CultureInfo.InvariantCulture, $"fault {Index} at {At:mm\\:ss\\.fff}: {Kind}: {parts}");
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");
}
