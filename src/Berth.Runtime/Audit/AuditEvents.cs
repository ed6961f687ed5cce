using System.Diagnostics;
using Berth.Pools;

namespace Berth.Runtime.Audit;

/// <summary>What events are called in the audit record: Keygen Relay's names where it has one. These words never change.</summary>
public static class AuditEvents
{
    /// <summary>A seat was taken by a node.</summary>
    public const string Out = "OUT";

    /// <summary>A seat came back.</summary>
    public const string In = "IN";

    /// <summary>Every name there is.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "pool.added", "license.added", "license.removed", "license.leased", "license.released", "license.lease_expired", "license.changed",
        "license.imported", "claim.imported", "seat.taken", "policy.adopted", "policy.changed", "pool.policy_changed", "history.cut", "copy.confirmed",
    ];

    /// <summary>The name of what happened.</summary>
    public static string NameOf(PoolEvent happened) => happened switch
    {
        SeatGranted => "license.leased",
        SeatReleased => "license.released",
        ClaimExpired => "license.lease_expired",
        SeatTaken => "seat.taken",
        LicenseAdded => "license.added",
        LicenseRemoved => "license.removed",
        LicenseChanged => "license.changed",
        LicenseImported => "license.imported",
        ClaimImported => "claim.imported",
        PoolAdded => "pool.added",
        PolicyAdopted => "policy.adopted",
        ClusterPolicyChanged => "policy.changed",
        PolicyExceptionChanged => "pool.policy_changed",
        HistoryCut => "history.cut",
        CopyConfirmed => "copy.confirmed",
        _ => throw new UnreachableException($"The event {happened.GetType().Name} has no name in the audit record."),
    };

    /// <summary>What it did to a seat, in FlexNet's words; null: nothing.</summary>
    public static string? ActionOf(PoolEvent happened) => happened switch
    {
        SeatGranted or ClaimImported => Out,
        SeatReleased or ClaimExpired or SeatTaken => In,
        _ => null,
    };

    /// <summary>The node, the license and the number of the grant that it is about, as far as it is about any.</summary>
    public static (Fingerprint? Node, LicenseId? License, long? Number) SubjectOf(PoolEvent happened) => happened switch
    {
        SeatGranted e => (e.Node, e.License, e.Number),
        SeatReleased e => (e.Node, e.License, e.Number),
        ClaimExpired e => (e.Node, e.License, e.Number),
        SeatTaken e => (e.Node, e.License, e.Number),
        ClaimImported e => (e.Node, e.License, e.Number),
        LicenseAdded e => (null, e.Id, null),
        LicenseRemoved e => (null, e.Id, null),
        LicenseChanged e => (null, e.Id, null),
        LicenseImported e => (null, e.Id, null),
        _ => default,
    };
}
