using Berth.Protocol;

namespace Berth.Server.Management;

/// <summary>The routes about licenses.</summary>
internal static class LicenseRoutes
{
    private static readonly RouteDescription _list =
        new("List licenses with their holders", ManagementJson.Default.LicenseListing, QueryParameter.AnyPool, QueryParameter.Next, QueryParameter.Limit)
        {
            Problems = [ProblemCodes.PoolNotFound],
        };

    private static readonly RouteDescription _add =
        new("Verify license files and add them in order; the first failure ends it, those before it stay", ManagementJson.Default.AddedLicenses)
        {
            Body = ManagementJson.Default.AddLicensesRequest,
            Problems =
                [ProblemCodes.LicenseExists, ProblemCodes.LicenseRejected, ProblemCodes.LicenseExpired, ProblemCodes.SeatsNotAllowed],
        };

    private static readonly RouteDescription _find = new("Show a license with its holders", ManagementJson.Default.LicenseEntry, QueryParameter.License)
    {
        Problems = [ProblemCodes.LicenseNotFound],
    };

    private static readonly RouteDescription _remove =
        new("Take a license out; its holders keep what they were told", ManagementJson.Default.RemovedLicense, QueryParameter.License)
        {
            Problems = [ProblemCodes.LicenseNotFound],
        };

    public static IEnumerable<ManagementRoute> Of(IAdministration administration) =>
    [
        new(ManagementRoutes.Licenses, "GET", _list, exchange => ListAsync(exchange, administration)),
        new(ManagementRoutes.Licenses, "POST", _add, exchange => AddAsync(exchange, administration)),
        new(ManagementRoutes.License, "GET", _find, exchange =>
            exchange.SendNamedAsync(ManagementRoutes.IdKey, administration.FindLicenseAsync, ManagementJson.Default.LicenseEntry)),
        new(ManagementRoutes.License, "DELETE", _remove, exchange =>
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
