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
}
