using Berth.Protocol;

namespace Berth.Server.Management;

/// <summary>The route that takes over what Keygen Relay knew.</summary>
internal static class ImportRoutes
{
    public static IEnumerable<ManagementRoute> Of(IAdministration administration) =>
        [new(ManagementRoutes.Import, "POST", exchange => ImportAsync(exchange, administration))];

    private static async Task ImportAsync(ManagementExchange exchange, IAdministration administration)
    {
        if (await exchange.BodyAsync(ManagementJson.Default.ImportPage) is { } page)
        {
            await exchange.SendAsync(administration.Import.ImportAsync(page, exchange.Stop), ManagementJson.Default.ImportedPage);
        }
    }
}
