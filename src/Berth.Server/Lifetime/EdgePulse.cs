using System.Net;
using System.Net.Sockets;

namespace Berth.Server.Lifetime;

/// <summary>
/// Whether the edge still does something: it is connected to from outside, as a node would, and must react. Any reaction counts, a refusal by
/// TLS or by a limit too: a busy edge is not a dead one, and neither is one whose store is away.
/// </summary>
internal static class EdgePulse
{
    private static ReadOnlySpan<byte> Question => "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8;

    /// <summary>Asks once; false: nothing came before <paramref name="limit"/>.</summary>
    public static async Task<bool> IsFeltAsync(string bind, int port, CancellationToken limit)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(Reachable(bind), port), limit);
            await socket.SendAsync(Question.ToArray(), limit);
            _ = await socket.ReceiveAsync(new byte[64], limit);
            return true;
        }
        catch (SocketException error)
        {
            // Closed on us: somebody did that. Refused: nobody listens.
            return error.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static IPAddress Reachable(string bind) => IPAddress.Parse(bind) switch
    {
        var any when any.Equals(IPAddress.Any) => IPAddress.Loopback,
        var any when any.Equals(IPAddress.IPv6Any) => IPAddress.IPv6Loopback,
        var address => address,
    };
}
