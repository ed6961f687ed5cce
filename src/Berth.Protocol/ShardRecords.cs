namespace Berth.Protocol;

/// <summary>The shards of a cluster.</summary>
/// <param name="FromStore">The store was asked just now; false: it does not answer, and this is what was last seen.</param>
/// <param name="Shards">All of them, by number.</param>
public sealed record ShardListing(bool FromStore, IReadOnlyList<ShardEntry> Shards);

/// <summary>One shard.</summary>
/// <param name="Shard">Its number.</param>
/// <param name="Owner">The member that owns it, whether or not it lives; null: nobody does.</param>
/// <param name="Epoch">The number of this ownership; 0: it never had an owner.</param>
/// <param name="Served">Its owner is up and not silent.</param>
/// <param name="Pools">How many pools are in it; null: its owner does not say.</param>
/// <param name="Claims">How many claims live in them; null: its owner does not say.</param>
/// <param name="KeptMs">For how much longer its owner keeps it because an operator moved it there, in milliseconds; null: it does not.</param>
public sealed record ShardEntry(int Shard, string? Owner, long Epoch, bool Served, int? Pools, long? Claims, long? KeptMs);

/// <summary>A shard is to be moved.</summary>
/// <param name="Shard">Its number.</param>
/// <param name="To">The member that is to have it.</param>
/// <param name="KeepMs">
/// For how long it stays there although it belongs elsewhere, in milliseconds, at most a day; null: ten minutes. Nothing is kept where it belongs.
/// </param>
public sealed record MoveShardRequest(int Shard, string To, long? KeepMs = null)
{
    /// <summary>What null means.</summary>
    public const long DefaultKeepMs = 600_000;

    /// <summary>The longest.</summary>
    public const long MaxKeepMs = 86_400_000;
}

/// <summary>A shard that was moved.</summary>
/// <param name="Shard">Its number.</param>
/// <param name="From">Who had it.</param>
/// <param name="To">Who has it.</param>
/// <param name="PauseMs">From when it took no more commands until its new owner was told, in milliseconds.</param>
/// <param name="KeptMs">For how long it stays there although it belongs elsewhere, in milliseconds; 0: it belongs there.</param>
/// <param name="Before">It was there already.</param>
public sealed record MovedShard(int Shard, string From, string To, double PauseMs, long KeptMs, bool Before);

/// <summary>What one more member would be started with.</summary>
/// <param name="Member">Its name.</param>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="LeaseMs">The lease of the member that answers, in milliseconds.</param>
/// <param name="FeatureLevel">What it must be able to do.</param>
/// <param name="Members">How many are up.</param>
/// <param name="Refusal">Why a member with this name would be refused now; null: it could join.</param>
public sealed record JoinPlan(string Member, string Cluster, long LeaseMs, int FeatureLevel, int Members, string? Refusal);
