using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Berth.Server.Cluster;

/// <summary>
/// Connections to the other members: HTTP/2, kept for as long as they work, and given up within two seconds once nobody answers. Nothing of what browsers do:
/// no proxy, no cookies, no redirects.
/// </summary>
internal static class ClusterSockets
{
    private static readonly TimeSpan _connectLimit = TimeSpan.FromSeconds(1);

    /// <summary>The shortest that there is.</summary>
    private static readonly TimeSpan _ping = TimeSpan.FromSeconds(1);

    /// <summary>The connections of one member. To be disposed of.</summary>
    public static SocketsHttpHandler Build(ClusterTls? tls, TimeProvider time) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        EnableMultipleHttp2Connections = true,
        PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        KeepAlivePingDelay = _ping,
        KeepAlivePingTimeout = _ping,
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
        MaxResponseHeadersLength = 4,
        ConnectCallback = (context, cancel) => ConnectAsync(context.DnsEndPoint, tls, time, cancel),
    };

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint member, ClusterTls? tls, TimeProvider time, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(_connectLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var stream = default(Stream);
        try
        {
            await socket.ConnectAsync(member, either.Token);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (tls is null)
            {
                return stream;
            }

            var secure = new SslStream(stream);
            stream = secure;
            await secure.AuthenticateAsClientAsync(tls.ToMember(member.Host), either.Token);
            return secure;
        }
        catch (Exception failure)
        {
            await (stream?.DisposeAsync() ?? ValueTask.CompletedTask);
            socket.Dispose();
            if (failure is OperationCanceledException && !cancel.IsCancellationRequested)
            {
                // The log should say what it was: "canceled" would read as if the caller had gone.
                throw new SocketException((int)SocketError.TimedOut);
            }

            throw;
        }
    }
}
