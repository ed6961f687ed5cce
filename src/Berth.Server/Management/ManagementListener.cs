using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Berth.Protocol;
using Berth.Server.Forwarding;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Management;

/// <summary>Serves the management API on a Unix socket of mode 0600. Only whoever holds the store's lock may start one.</summary>
public sealed class ManagementListener : IAsyncDisposable
{
    /// <summary>The longest path of a Unix socket on Linux, without its final zero.</summary>
    private const int MaxSocketPathBytes = 107;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly WebApplication _app;
    private readonly string _socket;

    private ManagementListener(WebApplication app, string socket)
    {
        _app = app;
        _socket = socket;
    }

    /// <summary>The socket of the member that serves a database file: beside it, or in the temporary folder where that path is too long.</summary>
    public static string SocketFor(string database)
    {
        var beside = Path.GetFullPath(database) + ".sock";
        if (Encoding.UTF8.GetByteCount(Draft(beside)) <= MaxSocketPathBytes)
        {
            return beside;
        }

        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(beside)).AsSpan(0, 8));
        return Path.Combine(Path.GetTempPath(), $"berth-{digest}.sock");
    }

    /// <summary>
    /// Listens on <paramref name="socket"/>. A file of a member that was killed is replaced; anything but a socket is refused.
    /// Fails with <see cref="IOException"/>.
    /// </summary>
    public static Task<ManagementListener> StartAsync(IAdministration administration, string socket, ILoggerFactory logs) =>
        ListenAsync(administration, null, socket, logs);

    /// <summary>The same for a member, which also takes what forwarding edges bring.</summary>
    public static Task<ManagementListener> StartAsync(IAdministration administration, Member member, string socket, ILoggerFactory logs) =>
        ListenAsync(administration, member.Forwarded, socket, logs);

    private static async Task<ManagementListener> ListenAsync(
        IAdministration administration, ForwardedClaims? forwarded, string socket, ILoggerFactory logs)
    {
        var draft = Draft(socket);
        if (Encoding.UTF8.GetByteCount(draft) > MaxSocketPathBytes)
        {
            throw new IOException($"the management socket {socket} has too long a path: choose another with --socket");
        }

        if (File.Exists(socket) && !IsSocket(socket))
        {
            throw new IOException($"the management socket {socket} is something else already: choose another with --socket");
        }

        if (File.Exists(socket) && IsAnswered(socket))
        {
            throw new IOException($"the management socket {socket} belongs to another member: choose another with --socket");
        }

        var app = Build(administration, forwarded, draft, logs);
        try
        {
            File.Delete(draft);
            await app.StartAsync();

            // Under its own name nobody ever sees it with wider rights, and a stale one goes in the same step.
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(draft, OwnerOnly);
            }

            File.Move(draft, socket, overwrite: true);
            return new ManagementListener(app, socket);
        }
        catch (Exception error)
        {
            await app.DisposeAsync();
            throw error as IOException ?? new IOException($"the management socket {socket} cannot be made: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        File.Delete(_socket);
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static WebApplication Build(
        IAdministration administration, ForwardedClaims? forwarded, string socket, ILoggerFactory logs)
    {
        var endpoints = new ManagementEndpoints(administration, new RepeatedRequests(TimeProvider.System), logs.CreateLogger<ManagementListener>());
        Task HandleAsync(HttpContext context) => forwarded is not null && ForwardedClaims.IsOne(context)
            ? forwarded.HandleAsync(context)
            : endpoints.HandleAsync(context);
        return ManagementHost.Build(
            logs, HandleAsync, kestrel => kestrel.ListenUnixSocket(socket, listen => listen.Protocols = HttpProtocols.Http1));
    }

    /// <summary>Whether somebody listens. The socket of a member that was killed refuses.</summary>
    private static bool IsAnswered(string path)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool IsSocket(string path) => new FileInfo(path).Length == 0;

    private static string Draft(string socket) => socket + ".new";
}
