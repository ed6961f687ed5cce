using Berth.Protocol;

namespace Berth.Server.Management;

/// <summary>The routes about a restored copy.</summary>
internal static class RestoredCopyRoutes
{
    public static IEnumerable<ManagementRoute> Of(IAdministration administration) =>
    [
        new(ManagementRoutes.RestoredCopy, "GET", exchange =>
            exchange.SendAsync(administration.RestoredCopy.ShowAsync(exchange.Stop), ManagementJson.Default.RestoredCopyState)),
        new(ManagementRoutes.RestoredCopyConfirmation, "POST", exchange => ConfirmAsync(exchange, administration)),
    ];

    private static async Task ConfirmAsync(ManagementExchange exchange, IAdministration administration)
    {
        if (await exchange.BodyAsync(ManagementJson.Default.ConfirmCopyRequest) is { } request)
        {
            await exchange.SendAsync(administration.RestoredCopy.ConfirmAsync(request, exchange.Stop), ManagementJson.Default.RestoredCopyState);
        }
    }
}
