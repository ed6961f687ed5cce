using Berth.Pools;

namespace Berth.Runtime.Journal;

/// <summary>
/// What members of different versions can read of each other. The cluster's level is the lowest that its up members have ever had together: it rises and
/// never falls. An event is written only once the level has its kind, so that every member that may take the pool over can read it.
/// </summary>
public static class FeatureLevels
{
    /// <summary>
    /// What this version can do at the most. Raised with each kind of event or message, and each stored form, that older members cannot read. A new
    /// level brings a new version of the tables of SQLite with it: there no other members are asked, and an older Berth must refuse the file as a whole.
    /// </summary>
    public const int Newest = 1;

    /// <summary>The level from which on events like this are written.</summary>
    internal static int Of(PoolEvent happened) => happened switch
    {
        SeatGranted or SeatReleased or ClaimExpired => 1,
        PolicyAdopted or LicenseAdded or LicenseRemoved or PolicyExceptionChanged or ClusterPolicyChanged or PoolAdded => 1,
        SeatTaken or LicenseChanged or LicenseImported or ClaimImported or HistoryCut or CopyConfirmed => 1,
        _ => throw new InvalidDataException($"The event {happened.GetType().Name} has no feature level: say which members can read it."),
    };
}
