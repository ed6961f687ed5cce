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
}
