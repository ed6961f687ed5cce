using System.Net;
using System.Net.Sockets;
using Berth.Protocol;
using Berth.Server.Http;
using Berth.Server.Management;
using Berth.Server.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Metrics;

/// <summary>The address of the metrics cannot be listened on; the text says what to do.</summary>
public sealed class MetricsListenerException(string message, Exception inner) : IOException(message, inner);

/// <summary>Serves the metrics alone, to whoever reaches the address: no token is asked for, and nothing else is answered.</summary>
public sealed class MetricsListener : IAsyncDisposable
{
    private const int MaxConnections = 32;
    private const int MaxConnectionsPerAddress = 8;

    private readonly WebApplication _app;

    private MetricsListener(WebApplication app, Uri address)
    {
        _app = app;
        Address = address;
    }

    /// <summary>Where they are.</summary>
    public Uri Address { get; }

    /// <summary>Listens. Fails with <see cref="MetricsListenerException"/>. A member with a certificate shows it here too.</summary>
    public static async Task<MetricsListener> StartAsync(IPEndPoint at, Member member, TimeProvider time, ILoggerFactory logs)
    {
        var connections = new AddressConnections(MaxConnectionsPerAddress, time, logs.CreateLogger("berth.metrics"));
        var log = logs.CreateLogger("berth.metrics");
        var app = ManagementHost.Build(logs, context => HandleAsync(context, member.Metrics, log), kestrel =>
        {
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxRequestLineSize = 2048;
            kestrel.Listen(at, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(connections.Guard);
                member.Certificate?.Guard(listen);
            });
        });
        try
        {
            await app.StartAsync();
            return new MetricsListener(app, new Uri($"{(member.Certificate is null ? "http" : "https")}://{new IPEndPoint(at.Address, EdgeListener.PortOf(app))}{ManagementRoutes.Metrics}"));
        }
        catch (Exception error)
        {
            await app.DisposeAsync();
            throw error is IOException or SocketException
                ? new MetricsListenerException($"--metrics-bind {at} cannot be listened on ({error.Message}): choose another address or port, or leave it out", error)
                : error;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static async Task HandleAsync(HttpContext context, MemberMetrics metrics, ILogger log)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        var method = context.Request.Method;
        if (context.Request.Path.Value != ManagementRoutes.Metrics || !(HttpMethods.IsGet(method) || HttpMethods.IsHead(method)))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            context.Response.ContentLength = 0;
            return;
        }

        try
        {
            await Scrape.HandleAsync(context, metrics);
        }
        catch (Exception gone) when (gone is IOException || (gone is OperationCanceledException && context.RequestAborted.IsCancellationRequested))
        {
            context.Abort();
        }
        catch (Exception failure)
        {
            log.ScrapeFailed(failure, failure.Message);
            context.Abort();
        }
    }
}

internal static partial class MetricsListenerLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "metrics.failed: a scrape could not be answered: {reason}")]
    public static partial void ScrapeFailed(this ILogger log, Exception failure, string reason);
}
