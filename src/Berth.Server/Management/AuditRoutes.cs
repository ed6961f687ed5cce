using Berth.Protocol;
using Microsoft.AspNetCore.Http;

namespace Berth.Server.Management;

/// <summary>The routes about the record of what happened.</summary>
internal static class AuditRoutes
{
    private const string LinesOfJson = "application/jsonl";

    public static IEnumerable<ManagementRoute> Of(IAdministration administration) =>
    [
        new(ManagementRoutes.Audit, "GET", exchange => ListAsync(exchange, administration.Audit)),
        new(ManagementRoutes.AuditExport, "GET", exchange => ExportAsync(exchange, administration.Audit)),
    ];

    private static async Task ListAsync(ManagementExchange exchange, IAudit audit)
    {
        if (await exchange.LimitAsync() is { } limit)
        {
            var query = new AuditQuery(
                exchange.Query(ManagementRoutes.PoolKey),
                exchange.Query(ManagementRoutes.NodeKey),
                exchange.Query(ManagementRoutes.LicenseKey),
                exchange.Query(ManagementRoutes.EventKey));
            var asked = audit.ListAsync(query, exchange.Query(ManagementRoutes.NextKey), limit, exchange.Stop);
            await exchange.SendAsync(asked, ManagementJson.Default.AuditListing);
        }
    }

    /// <summary>A failure midway ends the connection: the asker sees that the answer is not whole.</summary>
    private static async Task ExportAsync(ManagementExchange exchange, IAudit audit)
    {
        var response = exchange.Context.Response;
        response.ContentType = LinesOfJson;
        try
        {
            var answer = await audit.ExportAsync(response.Body, exchange.Stop);
            if (!answer.IsGood)
            {
                await exchange.RefuseAsync(answer.Problem);
            }
        }
        catch when (response.HasStarted)
        {
            exchange.Context.Abort();
            throw;
        }
    }
}
