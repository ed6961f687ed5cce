using System.Diagnostics;
using Berth.Protocol;
using Berth.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Management;

/// <summary>The HTTP server of the management API, wherever it listens, and what it takes at the most.</summary>
internal static class ManagementHost
{
    /// <summary>Builds the server; starting it listens.</summary>
    public static WebApplication Build(ILoggerFactory logs, RequestDelegate handle, Action<KestrelServerOptions> listen)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(new WebServerLog(logs));
        builder.Services.AddLogging();
        builder.Services.AddSingleton<IHostLifetime, LifetimeOfMember>();
        builder.Services.AddSingleton<DiagnosticSource, RefusalStatuses>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            Limit(kestrel);
            listen(kestrel);
        });
        var app = builder.Build();
        app.Run(ChunkedBodies.Guard(handle));
        return app;
    }

    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = 128;
        kestrel.Limits.MaxConcurrentUpgradedConnections = 0;
        kestrel.Limits.MaxRequestBodySize = ManagementRoutes.MaxRequestBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
    }
}
