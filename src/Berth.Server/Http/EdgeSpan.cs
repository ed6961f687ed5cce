using System.Diagnostics;
using Berth.Runtime.Tracing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Berth.Server.Http;

/// <summary>
/// The span of a request at the edge, the first of its trace. It says what was asked for by its route, never by its path: that holds the fingerprint. A client's
/// own trace is linked to and not gone on with, because anybody can name any trace; that it is kept or not counts here too.
/// </summary>
internal static class EdgeSpan
{
    private const int LeastFault = StatusCodes.Status500InternalServerError;

    /// <summary>Answers a request, within a span if it is one to trace.</summary>
    public static Task AroundAsync(HttpContext context, RequestDelegate handle) =>
        RouteOf(context.Features.Get<IHttpRequestFeature>()!.RawTarget) is { } route ? WithinAsync(context, route, handle) : handle(context);

    /// <summary>Null: not a request of the claim API, such as a probe.</summary>
    private static string? RouteOf(string rawTarget) => RequestTarget.Parse(rawTarget).Kind switch
    {
        TargetKind.Node => "/v1/nodes/{fingerprint}",
        TargetKind.Native when NativeTarget.Parse(rawTarget).IsClaim => "/v2/pools/{pool}/claims/{fingerprint}",
        _ => null,
    };

    private static async Task WithinAsync(HttpContext context, string route, RequestDelegate handle)
    {
        var method = context.Request.Method is "GET" or "PUT" or "DELETE" or "HEAD" or "POST" or "PATCH" or "OPTIONS" ? context.Request.Method : "_OTHER";
        ActivityLink[] links = TraceParent.Parse(context.Request.Headers.TraceParent) is { } clients ? [new ActivityLink(clients)] : [];

        // Asked for much logging, the web server has an activity of its own, which nobody exports.
        Activity.Current = null;
        using var span = Traces.Source.StartActivity($"{method} {route}", ActivityKind.Server, default(ActivityContext), links: links);
        await handle(context);
        if (span is not { IsAllDataRequested: true })
        {
            return;
        }

        span.SetTag("http.request.method", method);
        span.SetTag("http.route", route);
        span.SetTag("http.response.status_code", context.Response.StatusCode);
        span.SetStatus(context.Response.StatusCode >= LeastFault ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
    }
}
