using System.Net;
using System.Net.Sockets;

namespace Berth.Server.Tests.Cluster;

/// <summary>Something at a port that begins to speak HTTP/2 and then does what a test wants.</summary>
internal sealed class RawPeer : IAsyncDisposable
{
    private static readonly byte[] _settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> _clients = [];
    private readonly Func<NetworkStream, RawPeer, Task> _onRequest;
    private readonly Task _running;

    public RawPeer(Func<NetworkStream, RawPeer, Task> onRequest)
    {
        _onRequest = onRequest;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _running = RunAsync();
    }

    public int Port { get; }

    /// <summary>Requests whose head arrived.</summary>
    public int Requests { get; private set; }

    /// <summary>New connections are refused from here on.</summary>
    public void StopListening() => _listener.Stop();

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        _clients.ForEach(client => client.Dispose());
        await _running;
    }

    private async Task RunAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                _clients.Add(client);
                serving.Add(ServeAsync(client));
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            var stream = client.GetStream();
            await stream.ReadExactlyAsync(new byte[24]);
            await stream.WriteAsync(_settings);
            while (true)
            {
                var head = new byte[9];
                await stream.ReadExactlyAsync(head);
                await stream.ReadExactlyAsync(new byte[(head[0] << 16) | (head[1] << 8) | head[2]]);
                if (head[3] == 1)
                {
                    Requests++;
                    await _onRequest(stream, this);
                }
            }
        }
        catch (Exception ended) when (ended is IOException or SocketException or ObjectDisposedException)
        {
            client.Dispose();
        }
    }
}
