namespace Berth.Protocol;

/// <summary>
/// The members and their shards. The conditions of <see cref="IAdministration"/> hold. A member that is the only one answers
/// <see cref="ProblemCodes.NotClustered"/>.
/// </summary>
public interface ICluster
{
    /// <summary>Shows the members and how the shards are dealt.</summary>
    ValueTask<Answer<ClusterState>> ShowAsync(CancellationToken stop);

    /// <summary>
    /// Marks a dead member down, so that the others take its shards and its name is free. Final for this life of it; a process that
    /// lives all the same joins again as somebody new. <see cref="ProblemCodes.MemberNotFound"/> when nobody ever had this name,
    /// <see cref="ProblemCodes.MemberAlive"/> when it renews its lease and the request does not insist. One that has ended is left as it is.
    /// </summary>
    ValueTask<Answer<DownedMember>> DownAsync(string member, DownMemberRequest request, CancellationToken stop);

    /// <summary>The member that answers hands on its shards and ends, as after SIGTERM.</summary>
    ValueTask<Answer<LeavingMember>> LeaveAsync(CancellationToken stop);

    /// <summary>
    /// What happened in the cluster after the event with a number, as the member that answers saw it: at once if there is anything,
    /// otherwise within so many seconds, at most <see cref="ManagementRoutes.MaxWait"/>. Of a number that is yet to come everything that is
    /// kept. <see cref="ProblemCodes.TooManyRequests"/> when too many wait already.
    /// </summary>
    ValueTask<Answer<ClusterEventListing>> EventsAsync(long after, int waitSeconds, CancellationToken stop);

    /// <summary>Lists the shards with their owners, and what these say of them.</summary>
    ValueTask<Answer<ShardListing>> ShardsAsync(CancellationToken stop);

    /// <summary>
    /// Moves a shard to a live member, through its owner, and returns once it is there. <see cref="ProblemCodes.MemberNotFound"/> when no
    /// live member has this name, <see cref="ProblemCodes.ShardNotMoved"/> when the owner or the successor does not do it: nothing happened.
    /// </summary>
    ValueTask<Answer<MovedShard>> MoveAsync(MoveShardRequest request, CancellationToken stop);

    /// <summary>Whether one more member could join with a name, or else a free one (null), and what it would be started with.</summary>
    ValueTask<Answer<JoinPlan>> PlanJoinAsync(string? member, CancellationToken stop);
}
