using Berth.Protocol;

namespace Berth.Server.Management;

/// <summary>The routes about the member, the policy and the pools.</summary>
internal static class PoolRoutes
{
    private static readonly RouteDescription _server = new("Describe the member that answers", ManagementJson.Default.ServerDescription);

    private static readonly RouteDescription _settings =
        new("List the member's settings and where each came from; of secrets only whether they are set", ManagementJson.Default.SettingListing);

    private static readonly RouteDescription _policy = new("Show the cluster's policy", ManagementJson.Default.PolicyParts);

    private static readonly RouteDescription _changePolicy =
        new("Change the cluster's policy; parts that are left out stay", ManagementJson.Default.PolicyParts)
        {
            Body = ManagementJson.Default.PolicyParts,
        };

    private static readonly RouteDescription _list =
        new("List the pools and how full they are", ManagementJson.Default.PoolListing, QueryParameter.Next, QueryParameter.Limit);

    private static readonly RouteDescription _find = new("Show a pool", ManagementJson.Default.PoolEntry, QueryParameter.Pool)
    {
        Problems = [ProblemCodes.PoolNotFound],
    };

    private static readonly RouteDescription _setException =
        new("Replace a pool's exception to the cluster's policy as a whole; parts that are left out follow the cluster", ManagementJson.Default.PoolEntry, QueryParameter.Pool)
        {
            Body = ManagementJson.Default.PolicyParts,
            Problems = [ProblemCodes.PoolNotFound],
        };

    public static IEnumerable<ManagementRoute> Of(IAdministration administration) =>
    [
        new(ManagementRoutes.Server, "GET", _server, exchange =>
            exchange.SendAsync(administration.DescribeServerAsync(exchange.Stop), ManagementJson.Default.ServerDescription)),
        new(ManagementRoutes.Settings, "GET", _settings, exchange =>
            exchange.SendAsync(administration.ListSettingsAsync(exchange.Stop), ManagementJson.Default.SettingListing)),
        new(ManagementRoutes.Policy, "GET", _policy, exchange =>
            exchange.SendAsync(administration.ShowPolicyAsync(exchange.Stop), ManagementJson.Default.PolicyParts)),
        new(ManagementRoutes.Policy, "PUT", _changePolicy, exchange => ChangePolicyAsync(exchange, administration)),
        new(ManagementRoutes.Pools, "GET", _list, exchange => ListAsync(exchange, administration)),
        new(ManagementRoutes.Pool, "GET", _find, exchange =>
            exchange.SendNamedAsync(ManagementRoutes.PoolKey, administration.FindPoolAsync, ManagementJson.Default.PoolEntry)),
        new(ManagementRoutes.PoolException, "PUT", _setException, exchange => SetExceptionAsync(exchange, administration)),
    ];

    private static async Task ListAsync(ManagementExchange exchange, IAdministration administration)
    {
        if (await exchange.LimitAsync() is { } limit)
        {
            var asked = administration.ListPoolsAsync(exchange.Query(ManagementRoutes.NextKey), limit, exchange.Stop);
            await exchange.SendAsync(asked, ManagementJson.Default.PoolListing);
        }
    }

    private static async Task ChangePolicyAsync(ManagementExchange exchange, IAdministration administration)
    {
        if (await exchange.BodyAsync(ManagementJson.Default.PolicyParts) is { } change)
        {
            await exchange.SendAsync(administration.ChangePolicyAsync(change, exchange.Stop), ManagementJson.Default.PolicyParts);
        }
    }

    private static async Task SetExceptionAsync(ManagementExchange exchange, IAdministration administration)
    {
        if (await exchange.BodyAsync(ManagementJson.Default.PolicyParts) is { } parts)
        {
            await exchange.SendNamedAsync(
                ManagementRoutes.PoolKey,
                (pool, stop) => administration.SetExceptionAsync(pool, parts, stop),
                ManagementJson.Default.PoolEntry);
        }
    }
}
