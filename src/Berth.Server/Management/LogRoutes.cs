using System.Globalization;
using Berth.Protocol;

namespace Berth.Server.Management;

/// <summary>The route to the member's log.</summary>
internal static class LogRoutes
{
    private static readonly RouteDescription _read =
        new(
            "Read the last lines of the log of the member that answers, or wait for the next ones",
            ManagementJson.Default.LogPage,
            new QueryParameter(ManagementRoutes.AfterKey, "the number of a line: those after it; left out: the last lines"),
            new QueryParameter(ManagementRoutes.RunKey, "the run of the member that the number is of, as the page before said; of another run, all lines"),
            new QueryParameter(ManagementRoutes.LevelKey, "the finest level: critical, error, warning, info, debug or trace; left out: info"),
            new QueryParameter(ManagementRoutes.WaitKey, $"how many seconds to wait for a line, 0 to {LogQuery.MaxWaitSeconds}; left out: 0"),
            QueryParameter.Limit)
        {
            Problems = [ProblemCodes.TooManyRequests],
        };

    public static IEnumerable<ManagementRoute> Of(IAdministration administration) =>
        [new(ManagementRoutes.Log, "GET", _read, exchange => ReadAsync(exchange, administration))];

    private static async Task ReadAsync(ManagementExchange exchange, IAdministration administration)
    {
        var level = exchange.Query(ManagementRoutes.LevelKey) ?? LogLevels.Info;
        if (!LogLevels.All.Contains(level))
        {
            await exchange.RefuseAsync(Problems.Invalid($"level must be one of {string.Join(", ", LogLevels.All)}"));
            return;
        }

        var (after, wait) = (Number(exchange, ManagementRoutes.AfterKey, -1), Number(exchange, ManagementRoutes.WaitKey, 0));
        if (after is null || wait is null or > LogQuery.MaxWaitSeconds)
        {
            await exchange.RefuseAsync(Problems.Invalid($"after must be a number of a line, and wait 0 to {LogQuery.MaxWaitSeconds}"));
            return;
        }

        if (await exchange.LimitAsync() is { } limit)
        {
            var query = new LogQuery(after < 0 ? null : after, exchange.Query(ManagementRoutes.RunKey), level, (int)wait, limit);
            await exchange.SendAsync(administration.Log.ReadAsync(query, exchange.Stop), ManagementJson.Default.LogPage);
        }
    }

    /// <summary>A number of the query, or what it is when it is left out. Null: it is none.</summary>
    private static long? Number(ManagementExchange exchange, string key, long absent) =>
        exchange.Query(key) is not { } text ? absent
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : null;
}
