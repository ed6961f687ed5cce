using System.Net.Sockets;

namespace Berth.Protocol;

/// <summary>Connects HTTP to a Unix socket.</summary>
public static class UnixSocketStream
{
    /// <summary>A stream to whoever listens on <paramref name="path"/>. Fails with <see cref="SocketException"/>.</summary>
    public static async ValueTask<Stream> ConnectAsync(string path, CancellationToken stop)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
