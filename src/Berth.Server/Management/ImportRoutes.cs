using Berth.Protocol;

namespace Berth.Server.Management;

/// <summary>The route that takes over what Keygen Relay knew.</summary>
internal static class ImportRoutes
{
    private static readonly RouteDescription _import =
        new("Take over licenses, counters and claims of another license server, a page at a time", ManagementJson.Default.ImportedPage)
        {
            Body = ManagementJson.Default.ImportPage,
            Problems = [ProblemCodes.LicenseExists],
        };

    public static IEnumerable<ManagementRoute> Of(IAdministration administration) =>
        [new(ManagementRoutes.Import, "POST", _import, exchange => ImportAsync(exchange, administration))];

    private static async Task ImportAsync(ManagementExchange exchange, IAdministration administration)
    {
        if (await exchange.BodyAsync(ManagementJson.Default.ImportPage) is { } page)
        {
            await exchange.SendAsync(administration.Import.ImportAsync(page, exchange.Stop), ManagementJson.Default.ImportedPage);
        }
    }
}
