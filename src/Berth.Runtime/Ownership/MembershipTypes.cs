using System.Runtime.InteropServices;
using Berth.Pools;

namespace Berth.Runtime.Ownership;

/// <summary>The number of one life of a member: from joining to leaving or being down. 0 is nobody's.</summary>
public readonly record struct Incarnation(long Value);

/// <summary>What a member says of itself when it joins.</summary>
/// <param name="Name">What it is called: unique among the members that are up, 1 to 128 bytes.</param>
/// <param name="Address">Where other members reach it: host and port.</param>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="SecretDigest">
/// SHA-256 of the secret that it seals with, in lower-case hexadecimal digits. In a table, of the one that the cluster goes by.
/// </param>
/// <param name="FeatureLevel">What it can do at the most: 1 or more.</param>
/// <param name="Lease">How long it answers after a renewal, in whole milliseconds.</param>
/// <param name="ExplicitPolicy">The policy that it was started with explicitly.</param>
public sealed record MemberCard(
    string Name,
    string Address,
    string Cluster,
    string SecretDigest,
    int FeatureLevel,
    TimeSpan Lease,
    PolicyException ExplicitPolicy)
{
    /// <summary>The digest of a second secret that it accepts while the secret is being changed; null: it has one. No table keeps it.</summary>
    public string? OtherDigest { get; init; }
}

/// <summary>Whether an incarnation counts.</summary>
public enum MemberState
{
    /// <summary>It may own shards.</summary>
    Up = 0,

    /// <summary>It was found dead, or its former life is over. Final.</summary>
    Down = 1,

    /// <summary>It ended by itself. Final.</summary>
    Left = 2,
}

/// <summary>One incarnation as the table has it.</summary>
/// <param name="Incarnation">Which.</param>
/// <param name="Card">What it said when it joined.</param>
/// <param name="Counter">Raised by each renewal; 0 after joining.</param>
/// <param name="State">Whether it counts.</param>
/// <param name="Crashes">How many lives of this name before this one ended without leaving, since the last that left.</param>
public sealed record MemberRow(Incarnation Incarnation, MemberCard Card, long Counter, MemberState State, int Crashes);

/// <summary>A member and the counter that a watcher has seen.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SeenMember(Incarnation Incarnation, long Counter);

/// <summary>A shard that a member owns.</summary>
/// <param name="Shard">Which: 0 to <see cref="Shards.Count"/> - 1.</param>
/// <param name="Epoch">The ownership.</param>
/// <param name="FormerLease">For so long after the ownership began, owners before this one may still answer.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct OwnedShard(int Shard, Epoch Epoch, TimeSpan FormerLease);

/// <summary>A shard as the table has it.</summary>
/// <param name="Shard">Which.</param>
/// <param name="Owner">Whose, up or not; null: nobody's.</param>
/// <param name="Epoch">The newest ownership; 0: it never had an owner.</param>
/// <param name="FormerLease">As in <see cref="OwnedShard"/>.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ShardRow(int Shard, Incarnation? Owner, Epoch Epoch, TimeSpan FormerLease);

/// <summary>The whole table at one moment.</summary>
/// <param name="Members">The incarnations, in their order.</param>
/// <param name="Shards">All shards, in their order. The same list again while nothing changed, where that is cheap.</param>
/// <param name="FeatureLevel">What every member may use; 0: nobody ever joined.</param>
public sealed record ClusterTable(IReadOnlyList<MemberRow> Members, IReadOnlyList<ShardRow> Shards, int FeatureLevel)
{
    /// <summary>The most incarnations that have ended and are kept.</summary>
    public const int MaxEndedMembers = 1_000;

    /// <summary>The most members that may be up.</summary>
    public const int MaxMembers = 100;
}

/// <summary>Why a member may not join. Where several apply, the first of them is told.</summary>
public enum JoinRefusal
{
    /// <summary>The store belongs to another cluster.</summary>
    OtherCluster,

    /// <summary>The secret is another one.</summary>
    OtherSecret,

    /// <summary>It can do less than the cluster already uses.</summary>
    TooOld,

    /// <summary>An up member was started with another explicit policy.</summary>
    OtherPolicy,

    /// <summary>An up member at another address has this name.</summary>
    NameTaken,

    /// <summary><see cref="ClusterTable.MaxMembers"/> are up.</summary>
    Full,
}

/// <summary>The answer to a join.</summary>
/// <param name="Incarnation">The new life; null: refused.</param>
/// <param name="Refusal">Why not.</param>
/// <param name="Detail">What does not fit, with both values, and what to do. Never a secret.</param>
public sealed record JoinResult(Incarnation? Incarnation, JoinRefusal? Refusal = null, string? Detail = null);

/// <summary>The answer to a renewal.</summary>
/// <param name="Up">The incarnation still counts.</param>
/// <param name="Owned">Exactly what it owns.</param>
/// <param name="FeatureLevel">What every member may use.</param>
/// <param name="Counter">The member's counter, raised.</param>
public sealed record RenewResult(bool Up, IReadOnlyList<OwnedShard> Owned, int FeatureLevel, long Counter)
{
    /// <summary>The incarnation has ended.</summary>
    public static readonly RenewResult Down = new(false, [], 0, 0);
}

/// <summary>How an acquisition ended.</summary>
public enum AcquireOutcome
{
    /// <summary>What could be taken was taken, perhaps nothing.</summary>
    Acquired,

    /// <summary>The former owner has renewed since. Nothing changed.</summary>
    CounterMoved,

    /// <summary>Who wanted to take is not up. Nothing changed.</summary>
    Down,
}

/// <summary>The answer to an acquisition.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Taken">The shards taken, with their new epochs.</param>
public sealed record AcquireResult(AcquireOutcome Outcome, IReadOnlyList<OwnedShard> Taken);

/// <summary>How a planned move ended.</summary>
public enum TransferOutcome
{
    /// <summary>The successor owns the shard, by this call or an earlier one.</summary>
    Moved,

    /// <summary>The member does not own it with this epoch.</summary>
    NotOwned,

    /// <summary>The successor is not up; nothing changed. The member still owns it, but must take a new epoch to answer.</summary>
    SuccessorDown,
}
