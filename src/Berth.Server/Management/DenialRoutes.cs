using System.Text;
using Berth.Protocol;
using Microsoft.AspNetCore.Http;

namespace Berth.Server.Management;

/// <summary>The routes about denied claims.</summary>
internal static class DenialRoutes
{
    private static readonly RouteDescription _list =
        new("List which nodes were denied seats, why and how often", ManagementJson.Default.DenialListing, QueryParameter.AnyPool, QueryParameter.Next, QueryParameter.Limit)
        {
            AlsoAs = DenialCsv.ContentType,
            Problems = [ProblemCodes.PoolNotFound],
        };

    private static readonly RouteDescription _sum =
        new("Add denials up by reason", ManagementJson.Default.DenialTotals, QueryParameter.AnyPool)
        {
            Problems = [ProblemCodes.PoolNotFound],
        };

    public static IEnumerable<ManagementRoute> Of(IAdministration administration) =>
    [
        new(ManagementRoutes.Denials, "GET", _list, exchange => ListAsync(exchange, administration.Denials)),
        new(ManagementRoutes.DenialTotals, "GET", _sum, exchange => exchange.SendAsync(
            administration.Denials.SumAsync(exchange.Query(ManagementRoutes.PoolKey), exchange.Stop), ManagementJson.Default.DenialTotals)),
    ];

    private static async Task ListAsync(ManagementExchange exchange, IDenials denials)
    {
        if (await exchange.LimitAsync() is not { } limit)
        {
            return;
        }

        var asked = denials.ListAsync(
            exchange.Query(ManagementRoutes.PoolKey), exchange.Query(ManagementRoutes.NextKey), limit, exchange.Stop);
        if (!exchange.Context.Request.Headers.Accept.ToString().Contains(DenialCsv.ContentType, StringComparison.OrdinalIgnoreCase))
        {
            await exchange.SendAsync(asked, ManagementJson.Default.DenialListing);
            return;
        }

        var answer = await asked;
        await (answer.IsGood ? WriteCsvAsync(exchange, answer.Value) : exchange.RefuseAsync(answer.Problem));
    }

    /// <summary>A table has no place for where the next page begins: that goes into a <c>Link</c> header.</summary>
    private static Task WriteCsvAsync(ManagementExchange exchange, DenialListing listing)
    {
        var (request, response) = (exchange.Context.Request, exchange.Context.Response);
        response.ContentType = DenialCsv.ContentType + "; charset=utf-8; header=present";
        if (listing.Next is { } next)
        {
            var others = request.Query.Where(pair => pair.Key != ManagementRoutes.NextKey)
                .Append(new(ManagementRoutes.NextKey, next));
            response.Headers.Link = $"<{request.Path}{QueryString.Create(others)}>; rel=\"next\"";
        }

        var text = new StringBuilder(DenialCsv.Heading).AppendJoin(string.Empty, listing.Denials.Select(DenialCsv.Line)).ToString();
        return response.WriteAsync(text, exchange.Stop);
    }
}
