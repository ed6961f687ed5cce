using System.Net;
using System.Net.Sockets;

namespace Berth.Simulation.Kernel;

/// <summary>HTTP over the simulated network: the body of a POST goes out, the body of a 200 comes back.</summary>
internal sealed class SimulatedHandler(SimulatedNetwork network, SimulatedProcess from, string fromName) : HttpMessageHandler
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (request.Method != HttpMethod.Post || request.RequestUri is not { } uri)
        {
            throw new NotSupportedException($"{request.Method} {request.RequestUri} is not a POST to an address");
        }

        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var ended = new TaskCompletionSource<NetworkOutcome<byte[]>>();
        var call = network.Post(from, fromName, uri.Authority, body, outcome => ended.TrySetResult(outcome));
        using var gone = cancellationToken.Register(() =>
        {
            call.GiveUp();
            ended.TrySetCanceled(cancellationToken);
        });
        var outcome = await ended.Task;
        return outcome.End == NetworkEnd.Answered
            ? new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new ByteArrayContent(outcome.Answer!),
                RequestMessage = request,
                Version = request.Version,
            }
            : throw Failure(outcome.End, uri.Authority);
    }

    private static HttpRequestException Failure(NetworkEnd end, string address) => end switch
    {
        NetworkEnd.Refused => new(
            HttpRequestError.ConnectionError, $"Connection refused ({address})", new SocketException((int)SocketError.ConnectionRefused)),
        NetworkEnd.NameUnknown => new(
            HttpRequestError.NameResolutionError, $"Name not known ({address})", new SocketException((int)SocketError.HostNotFound)),
        NetworkEnd.Reset => new(
            HttpRequestError.ResponseEnded, $"The response ended prematurely ({address})", new IOException("connection reset")),
        _ => throw new System.Diagnostics.UnreachableException($"{end} is no failure"),
    };
}
