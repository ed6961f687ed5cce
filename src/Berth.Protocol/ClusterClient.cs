namespace Berth.Protocol;

/// <summary>Asks a running member about its cluster.</summary>
internal sealed class ClusterClient(ManagementChannel channel) : ICluster
{
    public ValueTask<Answer<ClusterState>> ShowAsync(CancellationToken stop) =>
        channel.SendAsync(ManagementChannel.Get(ManagementRoutes.Cluster), ManagementJson.Default.ClusterState, stop);

    public ValueTask<Answer<DownedMember>> DownAsync(string member, DownMemberRequest request, CancellationToken stop) =>
        channel.SendAsync(
            ManagementChannel.With(
                HttpMethod.Post,
                ManagementChannel.Uri(ManagementRoutes.ClusterDown, (ManagementRoutes.MemberKey, member)),
                request,
                ManagementJson.Default.DownMemberRequest),
            ManagementJson.Default.DownedMember,
            stop);

    public ValueTask<Answer<LeavingMember>> LeaveAsync(CancellationToken stop) =>
        channel.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, ManagementChannel.Uri(ManagementRoutes.ClusterLeave)), ManagementJson.Default.LeavingMember, stop);

    public ValueTask<Answer<ClusterEventListing>> EventsAsync(long after, int waitSeconds, CancellationToken stop) =>
        channel.SendAsync(
            ManagementChannel.Get(ManagementRoutes.ClusterEvents, (ManagementRoutes.AfterKey, $"{after}"), (ManagementRoutes.WaitKey, $"{waitSeconds}")),
            ManagementJson.Default.ClusterEventListing,
            stop);

    public ValueTask<Answer<ShardListing>> ShardsAsync(CancellationToken stop) =>
        channel.SendAsync(ManagementChannel.Get(ManagementRoutes.ClusterShards), ManagementJson.Default.ShardListing, stop);

    public ValueTask<Answer<MovedShard>> MoveAsync(MoveShardRequest request, CancellationToken stop) =>
        channel.SendAsync(
            ManagementChannel.With(
                HttpMethod.Post, ManagementChannel.Uri(ManagementRoutes.ClusterMove), request, ManagementJson.Default.MoveShardRequest),
            ManagementJson.Default.MovedShard,
            stop);

    public ValueTask<Answer<JoinPlan>> PlanJoinAsync(string? member, CancellationToken stop) =>
        channel.SendAsync(
            ManagementChannel.Get(ManagementRoutes.ClusterJoin, (ManagementRoutes.MemberKey, member)), ManagementJson.Default.JoinPlan, stop);
}
