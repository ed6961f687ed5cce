using System.Collections.Frozen;
using System.Text.Json;
using Berth.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Management;

/// <summary>One thing that the management API does.</summary>
/// <param name="Path">The path, one of <see cref="ManagementRoutes"/>.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="HandleAsync">Answers a request.</param>
internal sealed record ManagementRoute(string Path, string Method, Func<ManagementExchange, Task> HandleAsync);

/// <summary>The management API over HTTP. Whatever is sent, the answer is a value or a problem.</summary>
internal sealed class ManagementEndpoints
{
    private readonly FrozenDictionary<(string Path, string Method), ManagementRoute> _routes;
    private readonly FrozenSet<string> _paths;
    private readonly ILogger _log;

    public ManagementEndpoints(IAdministration administration, ILogger log)
    {
        _log = log;
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
        .. RestoredCopyRoutes.Of(administration),
        .. ImportRoutes.Of(administration),
    ];

    public async Task HandleAsync(HttpContext context)
    {
        var exchange = new ManagementExchange(context);
        try
        {
            await RouteAsync(exchange, context.Request.Path.Value ?? "/", context.Request.Method);
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
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
        catch (Exception error)
        {
            _log.ManagementFailed(context.Request.Method, context.Request.Path.Value ?? "/", error);
            if (!context.Response.HasStarted)
            {
                await exchange.RefuseAsync(Problems.Internal());
            }
        }
    }

    private Task RouteAsync(ManagementExchange exchange, string path, string method) =>
        _routes.TryGetValue((path, method), out var route) ? route.HandleAsync(exchange)
        : exchange.RefuseAsync(_paths.Contains(path)
            ? new Problem(ProblemCodes.MethodNotAllowed, 405, "this route does not take this method")
            : new Problem(ProblemCodes.NotFound, 404, "there is no such route"));
}

internal static partial class ManagementEndpointsLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "management.failed: {method} {path}")]
    public static partial void ManagementFailed(this ILogger log, string method, string path, Exception error);
}
