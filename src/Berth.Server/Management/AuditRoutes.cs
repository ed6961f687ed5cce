using Berth.Protocol;
using Microsoft.AspNetCore.Http;

namespace Berth.Server.Management;

/// <summary>The routes about the record of what happened.</summary>
internal static class AuditRoutes
{
    private const string LinesOfJson = "application/jsonl";

    private static readonly QueryParameter _node = new(ManagementRoutes.FingerprintKey, "only events about this node");
    private static readonly QueryParameter _license = new(ManagementRoutes.LicenseKey, "only events about this license");
    private static readonly QueryParameter _event = new(ManagementRoutes.EventKey, "only events of this kind, such as license.leased");

    private static readonly RouteDescription _list = new(
        "List what happened, the newest first",
        ManagementJson.Default.AuditListing,
        QueryParameter.AnyPool, _node, _license, _event, QueryParameter.Next, QueryParameter.Limit)
    {
        Problems = [ProblemCodes.PoolNotFound],
    };

    private static readonly RouteDescription _export = new("Export the whole history, to be verified elsewhere", null) { AlsoAs = LinesOfJson };

    public static IEnumerable<ManagementRoute> Of(IAdministration administration) =>
    [
        new(ManagementRoutes.Audit, "GET", _list, exchange => ListAsync(exchange, administration.Audit)),
        new(ManagementRoutes.AuditExport, "GET", _export, exchange => ExportAsync(exchange, administration.Audit)),
    ];

    private static async Task ListAsync(ManagementExchange exchange, IAudit audit)
    {
        if (await exchange.LimitAsync() is { } limit)
        {
            var query = new AuditQuery(
                exchange.Query(ManagementRoutes.PoolKey),
                exchange.Query(ManagementRoutes.FingerprintKey),
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
