using Berth.Protocol;

namespace Berth.Server.Management;

/// <summary>The routes about the member, the policy and the pools.</summary>
internal static class PoolRoutes
{
    public static IEnumerable<ManagementRoute> Of(IAdministration administration) =>
    [
        new(ManagementRoutes.Server, "GET", exchange =>
            exchange.SendAsync(administration.DescribeServerAsync(exchange.Stop), ManagementJson.Default.ServerDescription)),
        new(ManagementRoutes.Policy, "GET", exchange =>
            exchange.SendAsync(administration.ShowPolicyAsync(exchange.Stop), ManagementJson.Default.PolicyParts)),
        new(ManagementRoutes.Pools, "GET", exchange => ListAsync(exchange, administration)),
        new(ManagementRoutes.Pool, "GET", exchange =>
            exchange.SendNamedAsync(ManagementRoutes.PoolKey, administration.FindPoolAsync, ManagementJson.Default.PoolEntry)),
        new(ManagementRoutes.PoolException, "PUT", exchange => SetExceptionAsync(exchange, administration)),
    ];

    private static async Task ListAsync(ManagementExchange exchange, IAdministration administration)
    {
        if (await exchange.LimitAsync() is { } limit)
        {
            var asked = administration.ListPoolsAsync(exchange.Query(ManagementRoutes.NextKey), limit, exchange.Stop);
            await exchange.SendAsync(asked, ManagementJson.Default.PoolListing);
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
