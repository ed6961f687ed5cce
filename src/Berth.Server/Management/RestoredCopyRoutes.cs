using Berth.Protocol;

namespace Berth.Server.Management;

/// <summary>The routes about a restored copy.</summary>
internal static class RestoredCopyRoutes
{
    private static readonly RouteDescription _show =
        new("Say whether the store is a restored copy that gives no seats", ManagementJson.Default.RestoredCopyState);

    private static readonly RouteDescription _confirm =
        new("Answer for a restored copy: from then on it gives seats", ManagementJson.Default.RestoredCopyState)
        {
            Body = ManagementJson.Default.ConfirmCopyRequest,
        };

    public static IEnumerable<ManagementRoute> Of(IAdministration administration) =>
    [
        new(ManagementRoutes.RestoredCopy, "GET", _show, exchange =>
            exchange.SendAsync(administration.RestoredCopy.ShowAsync(exchange.Stop), ManagementJson.Default.RestoredCopyState)),
        new(ManagementRoutes.RestoredCopyConfirmation, "POST", _confirm, exchange => ConfirmAsync(exchange, administration)),
    ];

    private static async Task ConfirmAsync(ManagementExchange exchange, IAdministration administration)
    {
        if (await exchange.BodyAsync(ManagementJson.Default.ConfirmCopyRequest) is { } request)
        {
            await exchange.SendAsync(administration.RestoredCopy.ConfirmAsync(request, exchange.Stop), ManagementJson.Default.RestoredCopyState);
        }
    }
}
