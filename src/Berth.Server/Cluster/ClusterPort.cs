using System.Diagnostics;
using System.Net;
using Berth.Runtime;
using Berth.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Cluster;

/// <summary>The port that members reach each other at, and every limit on what a stranger may do there.</summary>
internal sealed class ClusterPort : IAsyncDisposable
{
    /// <summary>Connections in all. A member keeps a few to each other.</summary>
    private const int MaxConnections = 1_024;

    /// <summary>Connections of one address: several members may stand behind it.</summary>
    private const int MaxConnectionsPerAddress = 128;

    /// <summary>Requests under way on one connection. Releases that wait for a former owner stand there for seconds.</summary>
    private const int MaxStreams = 4_096;

    /// <summary>How long stopping waits for answers that are under way.</summary>
    private static readonly TimeSpan _stopLimit = TimeSpan.FromSeconds(5);

    private readonly WebApplication _app;

    private ClusterPort(WebApplication app) => _app = app;

    /// <summary>The port that it listens on.</summary>
    public int Port { get; private set; }

    /// <summary>Listens. Throws <see cref="IOException"/> when the address cannot be listened on.</summary>
    public static async Task<ClusterPort> StartAsync(
        ClusterOptions options, HopRequests requests, ClusterTls? tls, TimeProvider time, ILoggerFactory logs)
    {
        var log = logs.CreateLogger("berth.cluster");
        var addresses = new AddressConnections(MaxConnectionsPerAddress, time, log);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(new WebServerLog(logs));
        builder.Services.AddLogging();
        builder.Services.AddSingleton<IHostLifetime, LifetimeOfMember>();
        builder.Services.AddSingleton<DiagnosticSource, RefusalStatuses>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = _stopLimit);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            Limit(kestrel);
            kestrel.Listen(AddressOf(options.Bind), options.Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.Use(addresses.Guard);
                listen.Use(next => connection => StrangerLimit.ServeAsync(connection, next, time));
                tls?.Guard(listen);
            });
        });
        var app = builder.Build();
        app.Run(requests.HandleAsync);
        var port = new ClusterPort(app);
        try
        {
            await app.StartAsync();
            port.Port = EdgeListener.PortOf(app);
            return port;
        }
        catch
        {
            await port.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes no more connections, and answers what is under way.</summary>
    public Task StopAsync() => _app.StopAsync(CancellationToken.None);

    /// <summary>Closes the port and every connection at once.</summary>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static IPAddress AddressOf(string bind) => bind == "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(bind, out var address) ? address
        : throw new InvalidOperationException($"the cluster port cannot listen on \"{bind}\": name an IP address of this machine");

    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        kestrel.Limits.MaxConcurrentConnections = MaxConnections;
        kestrel.Limits.MaxConcurrentUpgradedConnections = 0;
        kestrel.Limits.MaxRequestBodySize = ClusterMember.MaxHopBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = 4 * 1024;
        kestrel.Limits.MaxRequestHeaderCount = 16;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(5);
        kestrel.Limits.Http2.MaxStreamsPerConnection = MaxStreams;
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = 2 * 1024;
        kestrel.Limits.Http2.InitialConnectionWindowSize = 1 << 20;
        kestrel.Limits.Http2.InitialStreamWindowSize = 256 * 1024;
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(5);
        kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(5);
    }
}
