namespace Berth.Simulation.Faults;

/// <summary>What kind of trouble a run is for.</summary>
internal enum FaultProfile
{
    None,
    Light,
    Takeovers,
    Partitions,
    SlowStore,
    FlakyStore,
    Clocks,
    Rolling,
    Storm,
}

/// <summary>Which faults a profile has: each as often as it is named, and how many in all.</summary>
internal static class FaultProfiles
{
    private static readonly FaultKind[] _all = Enum.GetValues<FaultKind>();

    public static IReadOnlyList<FaultKind> KindsOf(FaultProfile profile) => profile switch
    {
        FaultProfile.None => [],
        FaultProfile.Light => [.. _all.Except([FaultKind.StoreOutage, FaultKind.RollingRestart])],
        FaultProfile.Takeovers =>
        [
            FaultKind.FalseAlarm, FaultKind.FalseAlarm, FaultKind.FalseAlarm, FaultKind.FalseAlarm, FaultKind.MarkedDown, FaultKind.MarkedDown,
            FaultKind.AlarmOverSlowStore, FaultKind.AlarmOverSlowStore, FaultKind.NewOwnerStruck, FaultKind.Crash, FaultKind.Pause,
            FaultKind.Freeze, FaultKind.SlowNetwork, FaultKind.CutAfterTransfer, FaultKind.Leave,
            FaultKind.AlarmWhileCut, FaultKind.AlarmWhileCut, FaultKind.AlarmWhileCut, FaultKind.AlarmWhileCut, FaultKind.AlarmWhileCut,
            FaultKind.AlarmWhileCut, FaultKind.AlarmWhileCut, FaultKind.AlarmWhileCut, FaultKind.VeryLate,
        ],
        FaultProfile.Partitions =>
        [
            FaultKind.Partition, FaultKind.Partition, FaultKind.OneWayPartition, FaultKind.OneWayPartition, FaultKind.NodesCutOff,
            FaultKind.CutFromStore, FaultKind.CutFromStore, FaultKind.SlowNetwork, FaultKind.SlowNetwork, FaultKind.Loss,
            FaultKind.Duplication, FaultKind.Resets, FaultKind.FalseAlarm, FaultKind.PowerLoss, FaultKind.Leave,
            FaultKind.AlarmWhileCut, FaultKind.AlarmWhileCut, FaultKind.VeryLate, FaultKind.VeryLate, FaultKind.VeryLate,
        ],
        FaultProfile.SlowStore =>
        [
            FaultKind.SlowRequests, FaultKind.SlowRequests, FaultKind.SlowAnswers, FaultKind.SlowAnswers, FaultKind.SlowAnswers,
            FaultKind.StoreOutage, FaultKind.AlarmOverSlowStore, FaultKind.AlarmOverSlowStore, FaultKind.CutFromStore, FaultKind.Leave,
            FaultKind.LeaveInOutage, FaultKind.FalseAlarm, FaultKind.Crash,
        ],
        FaultProfile.FlakyStore =>
        [
            FaultKind.UnknownOutcomes, FaultKind.UnknownOutcomes, FaultKind.UnknownOutcomes, FaultKind.Lingering, FaultKind.Lingering,
            FaultKind.DiskFull, FaultKind.StoreOutage, FaultKind.CutFromStore, FaultKind.CutAfterTransfer, FaultKind.FalseAlarm,
            FaultKind.Crash, FaultKind.Leave, FaultKind.NewOwnerStruck,
        ],
        FaultProfile.Clocks =>
        [
            FaultKind.WallStep, FaultKind.WallStep, FaultKind.WallStep, FaultKind.Drift, FaultKind.Drift, FaultKind.Freeze,
            FaultKind.Freeze, FaultKind.Pause, FaultKind.Pause, FaultKind.FalseAlarm, FaultKind.StoreOutage, FaultKind.CutFromStore,
        ],
        FaultProfile.Rolling =>
        [
            FaultKind.RollingRestart, FaultKind.RollingRestart, FaultKind.Upgrade, FaultKind.Leave, FaultKind.Leave, FaultKind.LeaveInOutage,
            FaultKind.CutAfterTransfer, FaultKind.NewOwnerStruck, FaultKind.Crash, FaultKind.SlowAnswers, FaultKind.SlowNetwork,
        ],
        FaultProfile.Storm => _all,
        _ => throw new ArgumentOutOfRangeException(nameof(profile), profile, "an unknown profile"),
    };

    public static (int Least, int Most) CountOf(FaultProfile profile) => profile switch
    {
        FaultProfile.None => (0, 0),
        FaultProfile.Light => (2, 6),
        FaultProfile.Rolling => (5, 12),
        FaultProfile.Storm => (20, 40),
        _ => (12, 30),
    };
}
