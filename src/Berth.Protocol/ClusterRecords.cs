namespace Berth.Protocol;

/// <summary>A cluster as one of its members sees it.</summary>
/// <param name="Name">The cluster's name.</param>
/// <param name="Self">The member that answers; null: no member answers, this is what the store says.</param>
/// <param name="FromStore">The store was asked just now; false: it does not answer, and this is what was last seen.</param>
/// <param name="FeatureLevel">What every member may use.</param>
/// <param name="Members">Those that are up, those that still own shards, and the last of every name; by name.</param>
/// <param name="Shards">How the shards are dealt.</param>
public sealed record ClusterState(
    string Name, string? Self, bool FromStore, int FeatureLevel, IReadOnlyList<MemberEntry> Members, ShardTotals Shards);

/// <summary>One life of a member.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Address">Where the other members reach it.</param>
/// <param name="State">One of <see cref="MemberStates"/>.</param>
/// <param name="Incarnation">The number of this life.</param>
/// <param name="Counter">How often it has renewed its lease.</param>
/// <param name="LeaseMs">How long it answers after a renewal, in milliseconds.</param>
/// <param name="Shards">How many shards it owns.</param>
/// <param name="Crashes">How many lives of this name ended without leaving, since the last that left.</param>
/// <param name="Seen">One of <see cref="MemberSights"/>; null: it is not up, or nobody looks.</param>
public sealed record MemberEntry(
    string Name, string Address, string State, long Incarnation, long Counter, long LeaseMs, int Shards, int Crashes, string? Seen)
{
    /// <summary>One of <see cref="MemberStates"/>, as the member itself says, as far as it answers.</summary>
    public string Status { get; init; } = State;

    /// <summary>It answers on its cluster port the member that was asked; null: nobody tried.</summary>
    public bool? Reachable { get; init; }

    /// <summary>How long that took, in milliseconds; null: it does not answer.</summary>
    public double? AnswerMs { get; init; }

    /// <summary>The build that it runs; null: it does not say.</summary>
    public string? Version { get; init; }

    /// <summary>What it can do at the most.</summary>
    public int FeatureLevel { get; init; }

    /// <summary>How many pools are in its shards; null: it does not say.</summary>
    public int? Pools { get; init; }

    /// <summary>How many claims live in them; null: it does not say.</summary>
    public long? Claims { get; init; }

    /// <summary>How much longer it may answer without a renewal, in milliseconds; null: it does not say.</summary>
    public long? LeaseLeftMs { get; init; }
}

/// <summary>Where a life of a member is. The table knows <see cref="Up"/>, <see cref="Down"/> and <see cref="Left"/>, the others the member itself.</summary>
public static class MemberStates
{
    /// <summary>It may own shards.</summary>
    public const string Up = "up";

    /// <summary>It was found dead. Final.</summary>
    public const string Down = "down";

    /// <summary>It ended by itself. Final.</summary>
    public const string Left = "left";

    /// <summary>It is up, and cannot answer yet.</summary>
    public const string Joining = "joining";

    /// <summary>It is up, hands on what it has, and ends.</summary>
    public const string Leaving = "leaving";
}

/// <summary>What the member that answers thinks of one that is up.</summary>
public static class MemberSights
{
    /// <summary>It is the one that answers.</summary>
    public const string Self = "self";

    /// <summary>It renews its lease.</summary>
    public const string Alive = "alive";

    /// <summary>It has not renewed for its whole lease, or its death is evident: its shards are being taken.</summary>
    public const string Silent = "silent";

    /// <summary>It has joined just now, and was not looked at yet.</summary>
    public const string New = "new";
}

/// <summary>How the shards are dealt.</summary>
/// <param name="All">How many there are.</param>
/// <param name="Served">How many belong to members that are up and not silent.</param>
/// <param name="Orphans">How many do not: their pools wait for a new owner.</param>
public sealed record ShardTotals(int All, int Served, int Orphans);

/// <summary>A member is marked down.</summary>
/// <param name="Force">Also if it seems to live.</param>
public sealed record DownMemberRequest(bool Force);

/// <summary>What became of a member that was to be marked down.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Its address.</param>
/// <param name="Incarnation">The life that has ended.</param>
/// <param name="Shards">How many shards it owned: the others take them.</param>
/// <param name="Before">It had ended before.</param>
public sealed record DownedMember(string Name, string Address, long Incarnation, int Shards, bool Before);

/// <summary>A member leaves: it hands on its shards and ends.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shards">How many shards it has yet.</param>
public sealed record LeavingMember(string Name, int Shards);
