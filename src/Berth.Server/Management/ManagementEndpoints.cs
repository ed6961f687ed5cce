using System.Collections.Frozen;
using System.Text.Json;
using Berth.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Management;

/// <summary>The management API over HTTP. Whatever is sent, the answer is a value or a problem.</summary>
internal sealed class ManagementEndpoints
{
    private readonly FrozenDictionary<(string Path, string Method), ManagementRoute> _routes;
    private readonly FrozenSet<string> _paths;
    private readonly ILogger _log;

    private readonly RepeatedRequests _repeats;

    /// <summary>The API over <paramref name="administration"/>; several may share what they remember of repeated requests.</summary>
    public ManagementEndpoints(IAdministration administration, RepeatedRequests repeats, ILogger log)
    {
        _log = log;
        _repeats = repeats;
        var routes = All(administration);
        _routes = routes.ToFrozenDictionary(route => (route.Path, route.Method));
        _paths = routes.Select(route => route.Path).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>Every route there is.</summary>
    public static IReadOnlyList<ManagementRoute> All(IAdministration administration) =>
    [
        .. PoolRoutes.Of(administration),
        .. LicenseRoutes.Of(administration),
        .. AuditRoutes.Of(administration),
        .. HolderRoutes.Of(administration),
        .. DenialRoutes.Of(administration),
        .. RestoredCopyRoutes.Of(administration),
        .. ImportRoutes.Of(administration),
        .. ClusterRoutes.Of(administration),
        .. LogRoutes.Of(administration),
        MetricsRoute.Of(administration),
        OpenApiRoute.Definition,
    ];

    /// <summary>The same, for who only wants to read what they are: none may be called.</summary>
    public static IReadOnlyList<ManagementRoute> Descriptions => All(null!);

    public async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        var route = _routes.GetValueOrDefault((path, context.Request.Method));
        var exchange = new ManagementExchange(context, route?.About);
        try
        {
            await (route is null ? RefuseAsync(exchange, path)
                : context.Request.Method == HttpMethods.Get ? route.HandleAsync(exchange)
                : _repeats.HandleAsync(exchange, route));
        }
        catch (BadHttpRequestException error)
        {
            await exchange.RefuseAsync(error.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? new Problem(ProblemCodes.TooLarge, 413, $"a request has at most {ManagementRoutes.MaxRequestBytes} bytes")
                : new Problem(ProblemCodes.InvalidRequest, 400, "the request is not well-formed"));
        }
        catch (JsonException error)
        {
            await exchange.RefuseAsync(Problems.Invalid($"the body is not the JSON that this route takes (line {error.LineNumber ?? 0})"));
        }
        catch (Exception gone) when (gone is IOException || (gone is OperationCanceledException && context.RequestAborted.IsCancellationRequested))
        {
            // Whoever asked went away in the middle of it.
            context.Abort();
        }
        catch (Exception error)
        {
            _log.ManagementFailed(context.Request.Method, path, error);
            if (!context.Response.HasStarted)
            {
                await exchange.RefuseAsync(Problems.Internal());
            }
        }
    }

    private Task RefuseAsync(ManagementExchange exchange, string path) => exchange.RefuseAsync(_paths.Contains(path)
        ? new Problem(ProblemCodes.MethodNotAllowed, 405, "this route does not take this method")
        : new Problem(ProblemCodes.NotFound, 404, "there is no such route"));
}

internal static partial class ManagementEndpointsLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "management.failed: {method} {path}")]
    public static partial void ManagementFailed(this ILogger log, string method, string path, Exception error);
}
