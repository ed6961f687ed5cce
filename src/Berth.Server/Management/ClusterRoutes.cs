using System.Globalization;
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

    private static readonly QueryParameter _after = new(ManagementRoutes.AfterKey, "the number of the last event that is known; left out: 0");

    private static readonly QueryParameter _wait = new(ManagementRoutes.WaitKey, "for how many seconds the answer may wait for an event, 0 to 30; left out: 0");

    private static readonly QueryParameter _newMember = new(ManagementRoutes.MemberKey, "the name that the member is to have; left out: a free one");

    private static readonly RouteDescription _events =
        new("Tell what happened in the cluster, as the member that answers saw it", ManagementJson.Default.ClusterEventListing, _after, _wait)
        {
            Problems = [ProblemCodes.NotClustered, ProblemCodes.TooManyRequests],
        };

    private static readonly RouteDescription _shards = new("List the shards and their owners", ManagementJson.Default.ShardListing)
    {
        Problems = [ProblemCodes.NotClustered],
    };

    private static readonly RouteDescription _move =
        new("Move a shard to another member, and keep it there for a while", ManagementJson.Default.MovedShard)
        {
            Body = ManagementJson.Default.MoveShardRequest,
            Problems = [ProblemCodes.NotClustered, ProblemCodes.MemberNotFound, ProblemCodes.ShardNotMoved],
        };

    private static readonly RouteDescription _join =
        new("Say whether one more member could join, and what it would be started with", ManagementJson.Default.JoinPlan, _newMember)
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
        new(ManagementRoutes.ClusterEvents, "GET", _events, exchange => EventsAsync(exchange, administration)),
        new(ManagementRoutes.ClusterShards, "GET", _shards, exchange =>
            exchange.SendAsync(administration.Cluster.ShardsAsync(exchange.Stop), ManagementJson.Default.ShardListing)),
        new(ManagementRoutes.ClusterMove, "POST", _move, exchange => MoveAsync(exchange, administration)),
        new(ManagementRoutes.ClusterJoin, "GET", _join, exchange => exchange.SendAsync(
            administration.Cluster.PlanJoinAsync(exchange.Query(ManagementRoutes.MemberKey), exchange.Stop), ManagementJson.Default.JoinPlan)),
    ];

    private static async Task EventsAsync(ManagementExchange exchange, IAdministration administration)
    {
        // What is no number is as wrong as one that is too great.
        var after = Number(exchange.Query(ManagementRoutes.AfterKey));
        var wait = Number(exchange.Query(ManagementRoutes.WaitKey));
        await exchange.SendAsync(
            administration.Cluster.EventsAsync(after, (int)Math.Clamp(wait, -1, int.MaxValue), exchange.Stop), ManagementJson.Default.ClusterEventListing);
    }

    private static async Task MoveAsync(ManagementExchange exchange, IAdministration administration)
    {
        if (await exchange.BodyAsync(ManagementJson.Default.MoveShardRequest) is { } request)
        {
            await exchange.SendAsync(administration.Cluster.MoveAsync(request, exchange.Stop), ManagementJson.Default.MovedShard);
        }
    }

    private static long Number(string? text) =>
        text is null ? 0 : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;

    private static async Task DownAsync(ManagementExchange exchange, IAdministration administration)
    {
        if (await exchange.NameAsync(ManagementRoutes.MemberKey) is { } member
            && await exchange.BodyAsync(ManagementJson.Default.DownMemberRequest) is { } request)
        {
            await exchange.SendAsync(administration.Cluster.DownAsync(member, request, exchange.Stop), ManagementJson.Default.DownedMember);
        }
    }
}
