using Berth.Protocol;

namespace Berth.Server.Management;

/// <summary>The routes about licenses.</summary>
internal static class LicenseRoutes
{
    public static IEnumerable<ManagementRoute> Of(IAdministration administration) =>
    [
        new(ManagementRoutes.Licenses, "GET", exchange => ListAsync(exchange, administration)),
        new(ManagementRoutes.Licenses, "POST", exchange => AddAsync(exchange, administration)),
        new(ManagementRoutes.License, "GET", exchange =>
            exchange.SendNamedAsync(ManagementRoutes.IdKey, administration.FindLicenseAsync, ManagementJson.Default.LicenseEntry)),
        new(ManagementRoutes.License, "DELETE", exchange =>
            exchange.SendNamedAsync(ManagementRoutes.IdKey, administration.RemoveLicenseAsync, ManagementJson.Default.RemovedLicense)),
    ];

    private static async Task AddAsync(ManagementExchange exchange, IAdministration administration)
    {
        if (await exchange.BodyAsync(ManagementJson.Default.AddLicensesRequest) is { } request)
        {
            await exchange.SendAsync(administration.AddLicensesAsync(request, exchange.Stop), ManagementJson.Default.AddedLicenses);
        }
    }

    private static async Task ListAsync(ManagementExchange exchange, IAdministration administration)
    {
        if (await exchange.LimitAsync() is { } limit)
        {
            var asked = administration.ListLicensesAsync(
                exchange.Query(ManagementRoutes.PoolKey), exchange.Query(ManagementRoutes.NextKey), limit, exchange.Stop);
            await exchange.SendAsync(asked, ManagementJson.Default.LicenseListing);
        }
    }
}
