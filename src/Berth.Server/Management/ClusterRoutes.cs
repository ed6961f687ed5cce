using Berth.Protocol;

namespace Berth.Server.Management;

/// <summary>The routes about the cluster.</summary>
internal static class ClusterRoutes
{
    private static readonly RouteDescription _show = new("Show the members and how the shards are dealt", ManagementJson.Default.ClusterState)
    {
        Problems = [ProblemCodes.NotClustered],
    };

    private static readonly RouteDescription _down =
        new("Mark a dead member down: the others take its shards, and its name is free", ManagementJson.Default.DownedMember, QueryParameter.Member)
        {
            Body = ManagementJson.Default.DownMemberRequest,
            Problems = [ProblemCodes.NotClustered, ProblemCodes.MemberNotFound, ProblemCodes.MemberAlive],
        };

    private static readonly RouteDescription _leave =
        new("Let the member that answers hand on its shards and end, as after SIGTERM", ManagementJson.Default.LeavingMember)
        {
            Problems = [ProblemCodes.NotClustered],
        };

    public static IEnumerable<ManagementRoute> Of(IAdministration administration) =>
    [
        new(ManagementRoutes.Cluster, "GET", _show, exchange =>
            exchange.SendAsync(administration.Cluster.ShowAsync(exchange.Stop), ManagementJson.Default.ClusterState)),
        new(ManagementRoutes.ClusterDown, "POST", _down, exchange => DownAsync(exchange, administration)),
        new(ManagementRoutes.ClusterLeave, "POST", _leave, exchange =>
            exchange.SendAsync(administration.Cluster.LeaveAsync(exchange.Stop), ManagementJson.Default.LeavingMember)),
    ];

    private static async Task DownAsync(ManagementExchange exchange, IAdministration administration)
    {
        if (await exchange.NameAsync(ManagementRoutes.MemberKey) is { } member
            && await exchange.BodyAsync(ManagementJson.Default.DownMemberRequest) is { } request)
        {
            await exchange.SendAsync(administration.Cluster.DownAsync(member, request, exchange.Stop), ManagementJson.Default.DownedMember);
        }
    }
}
