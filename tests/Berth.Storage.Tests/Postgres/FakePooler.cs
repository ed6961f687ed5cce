using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Berth.Storage.Tests.Postgres;

/// <summary>
/// What a connection pooler looks like to a client: the answers of the server behind it, but another key to cancel with. Without encryption.
/// </summary>
internal sealed class FakePooler : IAsyncDisposable
{
    private const byte BackendKey = (byte)'K';

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _server;
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;

    public FakePooler(int server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync()));
            }
        }
        catch (SocketException)
        {
            // It was closed.
            return;
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            using var server = new TcpClient();
            await server.ConnectAsync(IPAddress.Loopback, _server);
            var requests = client.GetStream().CopyToAsync(server.GetStream());
            await Task.WhenAny(requests, AnswerAsync(server.GetStream(), client.GetStream()));
        }
    }

    private static async Task AnswerAsync(NetworkStream from, NetworkStream to)
    {
        var head = new byte[5];
        while (await from.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false) == head.Length)
        {
            var body = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) - 4];
            await from.ReadExactlyAsync(body);
            if (head[0] == BackendKey)
            {
                body[3] ^= 0x55;
            }

            await to.WriteAsync(head);
            await to.WriteAsync(body);
        }
    }
}
