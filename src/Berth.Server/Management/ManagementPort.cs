using System.Net.Sockets;
using System.Net;
using Berth.Server.Http;
using Berth.Server.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Management;

/// <summary>The management port cannot be listened on; the text says what to do.</summary>
public sealed class ManagementPortException(string message, Exception inner) : IOException(message, inner);

/// <summary>Serves the management API on TCP, behind a <see cref="ManagementGuard"/>.</summary>
public sealed class ManagementPort : IAsyncDisposable
{
    /// <summary>A quarter of what the port takes: one stranger cannot shut the operators out.</summary>
    private const int MaxConnectionsPerAddress = 16;

    private readonly WebApplication _app;

    private ManagementPort(WebApplication app, Uri address)
    {
        _app = app;
        Address = address;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>
    /// Listens. Null: the port is taken and the member can do without. Fails with <see cref="ManagementPortException"/> when
    /// the port is taken and was asked for, and with another <see cref="IOException"/> when the options or the tokens cannot be used.
    /// </summary>
    public static async Task<ManagementPort?> StartAsync(
        ManagementPortOptions options, Administration administration, ServerCertificate? certificate, TimeProvider time, ILoggerFactory logs)
    {
        if (options.Flaw() is { } flaw)
        {
            throw new IOException(flaw);
        }

        var log = logs.CreateLogger("berth.management");
        var tokens = options.TokensFile is { } path
            ? new WatchedFiles<TokenTable>([new WatchedFile(path, OwnerOnly: true)], contents => TokenTable.Parse(path, contents[0]), time, log)
            : null;
        var guard = new ManagementGuard(administration, options, tokens, time, log);
        var connections = new AddressConnections(MaxConnectionsPerAddress, time, log);
        var app = ManagementHost.Build(logs, guard.HandleAsync, kestrel => kestrel.Listen(options.Bind, options.Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(connections.Guard);
            certificate?.Guard(listen);
        }));
        try
        {
            await app.StartAsync();
            var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
            return new ManagementPort(app, new Uri(addresses.Addresses.First()));
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            await app.DisposeAsync();
            if (error.InnerException is not AddressInUseException)
            {
                if (options.Optional)
                {
                    log.NotListening(Shown(options), error.Message);
                    return null;
                }

                throw new ManagementPortException($"the management port {Shown(options)} cannot be listened on: {error.Message}", error);
            }

            if (!options.Optional)
            {
                throw new ManagementPortException($"the management port {Shown(options)} is taken: choose another with --management-port, or off", error);
            }

            log.Taken(Shown(options));
            return null;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static string Shown(ManagementPortOptions options) => new IPEndPoint(options.Bind, options.Port).ToString();
}

internal static partial class ManagementPortLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "management.off: {address} cannot be listened on: {reason}; the socket still answers")]
    public static partial void NotListening(this ILogger log, string address, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "management.taken: another process has {address}: this member is managed through its socket only")]
    public static partial void Taken(this ILogger log, string address);
}
