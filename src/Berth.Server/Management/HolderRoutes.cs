using Berth.Protocol;

namespace Berth.Server.Management;

/// <summary>The routes about who holds seats.</summary>
internal static class HolderRoutes
{
    private static readonly RouteDescription _list =
        new("List who holds seats", ManagementJson.Default.HolderListing, QueryParameter.AnyPool, QueryParameter.Next, QueryParameter.Limit)
        {
            Problems = [ProblemCodes.PoolNotFound],
        };

    private static readonly RouteDescription _find =
        new("Show what one node holds", ManagementJson.Default.HolderListing, QueryParameter.Fingerprint, QueryParameter.AnyPool)
        {
            Problems = [ProblemCodes.PoolNotFound, ProblemCodes.HolderNotFound],
        };

    private static readonly RouteDescription _release =
        new("Take a node's seat away; it gets none in this pool until the cool-down is over", ManagementJson.Default.TakenSeat, QueryParameter.Pool, QueryParameter.Fingerprint)
        {
            Body = ManagementJson.Default.TakeSeatRequest,
            Problems = [ProblemCodes.PoolNotFound, ProblemCodes.HolderNotFound],
        };

    public static IEnumerable<ManagementRoute> Of(IAdministration administration) =>
    [
        new(ManagementRoutes.Holders, "GET", _list, exchange => ListAsync(exchange, administration.Holders)),
        new(ManagementRoutes.Holder, "GET", _find, exchange => exchange.SendNamedAsync(
            ManagementRoutes.FingerprintKey,
            (node, stop) => administration.Holders.FindAsync(node, exchange.Query(ManagementRoutes.PoolKey), stop),
            ManagementJson.Default.HolderListing)),
        new(ManagementRoutes.HolderRelease, "POST", _release, exchange => ReleaseAsync(exchange, administration.Holders)),
    ];

    private static async Task ListAsync(ManagementExchange exchange, IHolders holders)
    {
        if (await exchange.LimitAsync() is { } limit)
        {
            var asked = holders.ListAsync(
                exchange.Query(ManagementRoutes.PoolKey), exchange.Query(ManagementRoutes.NextKey), limit, exchange.Stop);
            await exchange.SendAsync(asked, ManagementJson.Default.HolderListing);
        }
    }

    private static async Task ReleaseAsync(ManagementExchange exchange, IHolders holders)
    {
        if (await exchange.NameAsync(ManagementRoutes.PoolKey) is { } pool
            && await exchange.NameAsync(ManagementRoutes.FingerprintKey) is { } node
            && await exchange.BodyAsync(ManagementJson.Default.TakeSeatRequest) is { } request)
        {
            await exchange.SendAsync(holders.ReleaseAsync(pool, node, request, exchange.Stop), ManagementJson.Default.TakenSeat);
        }
    }
}
