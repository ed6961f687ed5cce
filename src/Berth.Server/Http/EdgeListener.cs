using System.Diagnostics;
using Berth.Runtime.Metrics;
using Berth.Server.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Http;

/// <summary>The HTTP server at the edge, and every limit on what a stranger may send it.</summary>
internal static class EdgeListener
{
    private const int Backlog = 4096;

    /// <summary>File handles that are not for connections: the store, logs, the runtime.</summary>
    private const int ReservedHandles = 256;

    /// <summary>Builds the server; starting it listens.</summary>
    public static WebApplication Build(
        MemberOptions options, ServerCertificate? certificate, TimeProvider time, ILoggerFactory logs, RequestDelegate handle,
        Counter? refused = null)
    {
        var connections = options.MaxConnectionsPerAddress < options.MaxConnections
            ? new AddressConnections(options.MaxConnectionsPerAddress, time, logs.CreateLogger("berth.edge")) { Refused = refused ?? new Counter() }
            : null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(new WebServerLog(logs));
        builder.Services.AddLogging();
        builder.Services.AddSingleton<IHostLifetime, LifetimeOfMember>();
        builder.Services.AddSingleton<DiagnosticSource, RefusalStatuses>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.Backlog = Backlog);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            Limit(kestrel, options);
            Listen(kestrel, options, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (connections is not null)
                {
                    listen.Use(connections.Guard);
                }

                certificate?.Guard(listen);
            });
        });
        var app = builder.Build();
        app.Run(ChunkedBodies.Guard(handle));
        return app;
    }

    /// <summary>The port that the server listens on.</summary>
    public static int PortOf(WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        return new Uri(addresses.Addresses.First()).Port;
    }

    private static void Limit(KestrelServerOptions kestrel, MemberOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        kestrel.Limits.MaxConcurrentConnections = Math.Min(options.MaxConnections, MaxHandles() - ReservedHandles);
        kestrel.Limits.MaxConcurrentUpgradedConnections = 0;
        kestrel.Limits.MaxRequestBodySize = 1 << 20;
        kestrel.Limits.MaxRequestLineSize = 8 * 1024;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        kestrel.Limits.MaxRequestBufferSize = 64 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
    }

    private static void Listen(KestrelServerOptions kestrel, MemberOptions options, Action<ListenOptions> configure)
    {
        if (options.Bind == "localhost")
        {
            kestrel.ListenLocalhost(options.EdgePort, configure);
            return;
        }

        kestrel.Listen(System.Net.IPAddress.Parse(options.Bind), options.EdgePort, configure);
    }

    /// <summary>How many files the process may open; the runtime has raised the soft limit to the hard one.</summary>
    private static int MaxHandles()
    {
        const string Name = "Max open files";
        var line = File.Exists("/proc/self/limits")
            ? File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal))
            : null;
        return int.TryParse(line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], out var limit)
            ? Math.Max(limit, ReservedHandles * 2)
            : int.MaxValue;
    }
}
