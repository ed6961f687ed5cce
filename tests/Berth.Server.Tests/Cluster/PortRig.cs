using System.Collections.Concurrent;
using System.Net;
using Berth.Server.Cluster;
using Berth.Testing;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Tests.Cluster;

/// <summary>A cluster port whose member says back what it was sent, and wires to it.</summary>
internal sealed class PortRig : IAsyncDisposable, ILoggerFactory
{
    private readonly List<HttpMessageInvoker> _wires = [];
    private ClusterPort? _port;

    public ConcurrentQueue<byte[]> Handled { get; } = new();

    public RecordedLog Log { get; } = new();

    public HopRequests Requests { get; private set; } = null!;

    public int Port => _port!.Port;

    public static async Task<PortRig> StartAsync(ClusterOptions? options = null, TimeProvider? time = null)
    {
        var rig = new PortRig();
        var cluster = options ?? ClusterRig.Options("m0").Cluster!;
        rig.Requests = new HopRequests(() => Secrets(cluster), time ?? TimeProvider.System, rig.Log)
        {
            Handler = (body, _) =>
            {
                rig.Handled.Enqueue(body.ToArray());
                return new(body);
            },
        };
        var tls = ClusterTls.Of(cluster, TimeProvider.System, rig.Log);
        rig._port = await ClusterPort.StartAsync(cluster, rig.Requests, tls, time ?? TimeProvider.System, rig);
        return rig;
    }

    /// <summary>A way to the port, as another member has it.</summary>
    /// <param name="options">Of the other member.</param>
    /// <param name="between">Stands between the seals and the sockets.</param>
    public HttpMessageInvoker Wire(ClusterOptions? options = null, DelegatingHandler? between = null)
    {
        var cluster = options ?? ClusterRig.Options("m1").Cluster!;
        HttpMessageHandler sockets = ClusterSockets.Build(ClusterTls.Of(cluster, TimeProvider.System, Log), TimeProvider.System);
        if (between is not null)
        {
            between.InnerHandler = sockets;
            sockets = between;
        }

        var wire = new HttpMessageInvoker(new SealedWire(() => Secrets(cluster), TimeProvider.System, sockets));
        _wires.Add(wire);
        return wire;
    }

    /// <summary>The secrets of these options; the file is not looked at.</summary>
    public static ClusterSecrets Secrets(ClusterOptions options) => ClusterSecrets.Parse(options.Secret.Span, options.Name);

    /// <summary>A way to the port without seals.</summary>
    public HttpMessageInvoker Stranger()
    {
        var wire = new HttpMessageInvoker(ClusterSockets.Build(null, TimeProvider.System));
        _wires.Add(wire);
        return wire;
    }

    public Task<HttpResponseMessage> PostAsync(HttpMessageInvoker wire, HttpContent content, string scheme = "http", string? seal = null) =>
        PostAsync(wire, $"{scheme}://127.0.0.1:{Port}/cluster/hop", content, seal);

    public static Task<HttpResponseMessage> PostAsync(HttpMessageInvoker wire, string uri, HttpContent content, string? seal = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, uri)
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (seal is not null)
        {
            request.Headers.TryAddWithoutValidation(HopSeal.Header, seal);
        }

        return wire.SendAsync(request, CancellationToken.None);
    }

    /// <summary>What comes of a request on this wire: the text that came back.</summary>
    public async Task<string> SayAsync(HttpMessageInvoker wire, string text, string scheme = "http")
    {
        using var answer = await PostAsync(wire, new StringContent(text), scheme);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>The error of a request that must fail.</summary>
    public async Task<HttpRequestError> ErrorAsync(HttpMessageInvoker wire, string scheme = "http") =>
        (await Should.ThrowAsync<HttpRequestException>(() => SayAsync(wire, "x", scheme))).HttpRequestError;

    public async ValueTask DisposeAsync()
    {
        _wires.ForEach(wire => wire.Dispose());
        await (_port?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    ILogger ILoggerFactory.CreateLogger(string categoryName) => Log;

    void ILoggerFactory.AddProvider(ILoggerProvider provider) => throw new NotSupportedException("Everything is recorded here.");

    void IDisposable.Dispose()
    {
        // The log outlives whoever writes to it.
    }
}

/// <summary>Somebody between two members.</summary>
internal sealed class Between(Func<HttpRequestMessage, Task>? onRequest = null, Func<HttpResponseMessage, Task>? onResponse = null) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await (onRequest?.Invoke(request) ?? Task.CompletedTask);
        var response = await base.SendAsync(request, cancellationToken);
        await (onResponse?.Invoke(response) ?? Task.CompletedTask);
        return response;
    }
}
