using System.Net;
using System.Net.Sockets;

namespace Berth.Testing.Processes;

/// <summary>What a node asks of the edge of a real process.</summary>
public sealed class NodeCalls : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler());
    private readonly Uri _edge;

    /// <summary>Calls to one edge.</summary>
    public NodeCalls(Uri edge) => _edge = edge;

    /// <summary>A port that nobody listens on at the moment.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A claim or a renewal: the status and the body.</summary>
    public Task<(int Status, string Body)> PutAsync(string node, string? pool = null) => SendAsync(HttpMethod.Put, $"v1/nodes/{node}", pool);

    /// <summary>A release: the status and the body.</summary>
    public Task<(int Status, string Body)> DeleteAsync(string node, string? pool = null) => SendAsync(HttpMethod.Delete, $"v1/nodes/{node}", pool);

    /// <summary>Asks until the edge answers.</summary>
    public async Task WaitUntilHealthyAsync()
    {
        using var limit = new CancellationTokenSource(_patience, TimeProvider.System);
        while (true)
        {
            try
            {
                (await SendAsync(HttpMethod.Get, "v1/health", null)).Status.ShouldBe(200);
                return;
            }
            catch (HttpRequestException)
            {
                limit.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<(int Status, string Body)> SendAsync(HttpMethod method, string path, string? pool)
    {
        using var request = new HttpRequestMessage(method, new Uri(_edge, path));
        if (pool is not null)
        {
            request.Headers.Add("Relay-Pool", pool);
        }

        using var response = await _http.SendAsync(request, CancellationToken.None);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
